"""What people look at: one style for every figure, and the drawings made in it."""
