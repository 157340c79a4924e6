"""The trail: for each mark what was run, enough to make it again and come to the same number."""

from autograder.trail.trail import Trail, load_trail, read_trail, trail_of, trail_path, write_trail

__all__ = ["Trail", "load_trail", "read_trail", "trail_of", "trail_path", "write_trail"]
