"""The open checks of m09, Monitoring and drift."""

from autograder.tasks.m09 import distances, monitor, retrain

__all__ = ["distances", "monitor", "retrain"]
