"""What the simulator refuses, and how it says so.

Every refusal is one readable paragraph that names the field, the value given, what is allowed and the nearest valid
thing. Each error takes exactly one argument, because SimPy rebuilds exceptions from ``args`` on their way out of a
process.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TrinityError(Exception):
    """A refusal that a person can act upon; the text is the whole message.

    Parameters
    ----------
    message : str
        One readable paragraph.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """Show a notebook the paragraph alone: the frames between it and the learner's own line help nobody."""
        return [f"{type(self).__name__}: {self}"]


class ScenarioError(TrinityError):
    """A scenario that is unknown, unreadable or holds a value outside its range."""


class PlaybookError(TrinityError):
    """A playbook field that does not exist, or that holds something of the wrong kind."""


class DecisionError(TrinityError):
    """A decision function that failed, or answered with the wrong shape, type or index."""


class SeedError(TrinityError):
    """A seed or replication that is not a whole number of zero or more."""


class StorageError(TrinityError):
    """A run that cannot be written or read back; whatever was there before is untouched."""


class ExportError(TrinityError):
    """A record that cannot be written in a standard format: the wrong scenario, or a library that is not installed."""


class DataContractError(TrinityError):
    """A data contract whose rules cannot be put to a delivery: no table, an unknown metric, a query that fails."""


class ReportError(TrinityError):
    """A board paper that cannot be written: an unknown ending, no Chromium to print with, a run without days."""


class RunError(TrinityError):
    """A question about something that is not in a run."""


class StudyError(TrinityError):
    """A study of many runs that cannot be made, kept or gone on with."""


class MoneyError(TrinityError):
    """A movement of money that is not a whole number of pence, or books that do not balance."""


def nearest(value: object, allowed: Iterable[str]) -> str:
    """Return the closest of the allowed names as a clause, or nothing when none is close.

    Parameters
    ----------
    value : object
        What was given.
    allowed : iterable of str
        What would have been accepted.

    Returns
    -------
    str
        ``" Did you mean 'x'?"`` or the empty string.
    """
    close = difflib.get_close_matches(str(value), list(allowed), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""


def unknown(what: str, value: object, allowed: Iterable[str]) -> str:
    """Say that a name is not known, list what is, and suggest the nearest.

    Parameters
    ----------
    what : str
        The kind of thing, for instance ``"scenario"``.
    value : object
        The name given.
    allowed : iterable of str
        The names that exist.

    Returns
    -------
    str
        One paragraph.
    """
    names = sorted(allowed)
    return f"There is no {what} named {value!r}. Allowed: {', '.join(names)}.{nearest(value, names)}"
