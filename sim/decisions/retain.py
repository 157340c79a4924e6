"""Decision point ``retain``: how long records are kept, how near at hand, and how many people can read them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError


@dataclass(frozen=True)
class Retention:
    """How long records are hot, then cool, then archived, before they are deleted; and who can read them.

    Attributes
    ----------
    hot_days : float
        Days on hot storage, counted from arrival; ``math.inf`` for ever.
    cool_days : float
        Further days on cool storage: cheaper, and still there to be read.
    archive_days : float
        Further days in the archive: cheaper again, offline, so that neither a retraining nor a thief reads it.
    accounts : int or None
        Accounts that may read stored records; None leaves as many as the scenario has.
    """

    hot_days: float = math.inf
    cool_days: float = 0
    archive_days: float = 0
    accounts: int | None = None


def retention(
    hot_days: float = math.inf, cool_days: float = 0, archive_days: float = 0, accounts: int | None = None
) -> Retention:
    """Make a ``retain`` decision.

    Parameters
    ----------
    hot_days : float
        A whole number of 1 or more, or ``math.inf``.
    cool_days, archive_days : float
        A whole number of 0 or more, or ``math.inf``.
    accounts : int, optional
        1 or more; all that the scenario has when left out.

    Returns
    -------
    Retention
        For ``Playbook.replace(retain=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    return accept(Retention(hot_days, cool_days, archive_days, accounts))


def accept(answer: object) -> Retention:
    """Return the choice itself, or raise `DecisionError`."""
    if not isinstance(answer, Retention):
        raise DecisionError("a choice made by sim.retention(hot_days, cool_days, archive_days) was expected.")
    for name, least in (("hot_days", 1), ("cool_days", 0), ("archive_days", 0)):
        value = getattr(answer, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not value >= least or (value != math.inf and value != int(value)):
            raise DecisionError(
                f"{name} is {kind_of(value)}, but a whole number of days was expected, {least} or more, or math.inf."
            )
    accounts = answer.accounts
    if accounts is not None and (isinstance(accounts, bool) or not isinstance(accounts, int) or accounts < 1):
        raise DecisionError(f"accounts is {kind_of(accounts)}, but a whole number of 1 or more, or None, was expected.")
    return answer


POINT = DecisionPoint(
    name="retain",
    discipline="dataops",
    scope="service",
    signature="retention(hot_days, cool_days, archive_days, accounts)",
    about="Records move from hot to cool to archive by age and are then deleted, each step for good. Cooler is "
    "cheaper. A model can learn only from what is hot or cool: it does without the archive, so that every day deleted "
    "is a day of history less for training, and for the monitor. A breach exposes what is hot or cool. Whoever has no "
    "account asks the data team for extracts, which takes its time.",
    given={
        "hot_days": "days on hot storage from arrival, 1 or more",
        "cool_days": "further days on cool storage",
        "archive_days": "further days in the archive, offline; then deleted",
        "accounts": "accounts that may read stored records; None for as many as there are",
    },
    naive=Retention(),
    accept=accept,
    effort_days=5,
    effort_gbp=1000,
    chosen=True,
    category="compliance",
)
