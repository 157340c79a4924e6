"""What a run leaves behind: how it is told, and how it is kept."""
