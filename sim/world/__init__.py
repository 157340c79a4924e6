"""People outside the programme, and what befalls it."""
