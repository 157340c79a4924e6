"""The trail: for each mark what was run, enough to make it again and come to the same number."""

from autograder.trail.trail import Trail, read_trail, trail_path, write_trail

__all__ = ["Trail", "read_trail", "trail_path", "write_trail"]
