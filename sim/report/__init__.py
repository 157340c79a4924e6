"""A run written up for a board."""
