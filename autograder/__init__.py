"""The marking: open checks that say what was tried, what happened, what was wanted, and a next step."""

from autograder.checks import check

__all__ = ["check"]
