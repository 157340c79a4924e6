"""What the marking refuses; each is the course author's mistake, never a learner's."""

from __future__ import annotations

from sim.errors import TrinityError


class SyllabusError(TrinityError):
    """A syllabus or a quiz that cannot be read, or that does not hold what was asked of it."""


class CheckError(TrinityError):
    """A check that is missing, registered twice, or whose points do not add up."""


class BridgeError(TrinityError):
    """Something that cannot or may not cross between a jail and the marking, or that did not come in time."""


class JailError(TrinityError):
    """A jail that cannot be built on this machine, or that was never started."""


class MarkingError(TrinityError):
    """Marking that cannot go on: no submissions, no gradebook, or a record that does not fit."""


class LearnerError(TrinityError):
    """What a learner's code raised in the jail, in words.

    Attributes
    ----------
    told : str
        The same as a run tells it, at the learner's own line.
    """

    told = ""


class LostError(BaseException):
    """The jail went silent or broke off while a check was under way; no check may take that for one wrong answer."""
