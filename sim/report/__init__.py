"""A run written up for a board."""

from sim.report.paper import html, report

__all__ = ["html", "report"]
