"""What the course refuses to build, and how it says so."""

from __future__ import annotations

from sim.errors import TrinityError


class CourseError(TrinityError):
    """A lesson, quiz, map or guide that cannot be built, or that disagrees with the syllabus."""
