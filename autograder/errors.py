"""What the marking refuses; each is the course author's mistake, never a learner's."""

from __future__ import annotations

from sim.errors import TrinityError


class SyllabusError(TrinityError):
    """A syllabus or a quiz that cannot be read, or that does not hold what was asked of it."""


class CheckError(TrinityError):
    """A check that is missing, registered twice, or whose points do not add up."""
