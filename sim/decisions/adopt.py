"""Decision point ``adopt``: the order in which practices are taken up."""

from __future__ import annotations

from dataclasses import dataclass

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError

ALL_AT_ONCE = "all at once"


@dataclass(frozen=True)
class Sequence:
    """Practices one after the other.

    Attributes
    ----------
    first : tuple of str
        Decision points in the order in which they are taken up; those not named come after them, in the playbook's.
    at_once : int
        How many each team takes up at a time.
    """

    first: tuple[str, ...] = ()
    at_once: int = 2


def sequence(*first: str, at_once: int = 2) -> Sequence:
    """Make an ``adopt`` decision: take practices up in an order, a few at a time.

    Parameters
    ----------
    *first : str
        Decision points, the first to be taken up first. Those not named come after them, in the playbook's order.
    at_once : int
        How many each team takes up at a time, 1 to 20.

    Returns
    -------
    Sequence
        For ``Playbook.replace(adopt=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.

    Examples
    --------
    >>> plan = sequence("validate", "watch_spend", "retrain", at_once=1)
    """
    return accept(Sequence(first, at_once))


def accept(answer: object) -> str | Sequence:
    """Return the choice itself, or raise `DecisionError`."""
    if answer == ALL_AT_ONCE:
        return ALL_AT_ONCE
    if not isinstance(answer, Sequence):
        raise DecisionError('"all at once", or a choice made by sim.sequence("validate", ..., at_once=2) was expected.')
    if not isinstance(answer.first, tuple) or not all(isinstance(point, str) for point in answer.first):
        raise DecisionError(f"first is {kind_of(answer.first)}, but names of decision points were expected.")
    if len(set(answer.first)) != len(answer.first):
        twice = next(point for point in answer.first if answer.first.count(point) > 1)
        raise DecisionError(f"{twice!r} is named twice, but a practice is taken up once.")
    number = answer.at_once
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 20:
        raise DecisionError(f"at_once is {kind_of(number)}, but a whole number from 1 to 20 was expected.")
    return answer


POINT = DecisionPoint(
    name="adopt",
    discipline="integration",
    scope="programme",
    signature="'all at once' or sequence('validate', 'retrain', ..., at_once=2)",
    about="The order in which practices are taken up. Taking one up is work for the team whose trade it is. With more "
    "projects open than a team can hold in its head, each day's work on one of them costs time to change "
    "between them, and all of them come later. A sequence is planned before anything else is begun; then each team "
    "has a few open at a time and begins the next when one is done.",
    given={
        "first": "decision points, in order; the rest come after them in the playbook's order",
        "at_once": "projects that each team has open at a time, 1 to 20",
    },
    naive=ALL_AT_ONCE,
    accept=accept,
    effort_days=2,
    effort_gbp=500,
    chosen=True,
)
