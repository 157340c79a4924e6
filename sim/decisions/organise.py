"""Decision point ``organise``: how people work together."""

from __future__ import annotations

from typing import Any

from sim.decisions.point import DecisionPoint, one_of
from sim.organisation.topology import CENTRE, CROSS_FUNCTIONAL, FORMS, SILO


def accept(answer: Any) -> str:
    """Return the choice, or raise `DecisionError`."""
    return one_of(answer, FORMS)


POINT = DecisionPoint(
    name="organise",
    discipline="integration",
    scope="programme",
    signature='"silo", "cross-functional" or "centre of excellence"',
    about="How people work together. Much work needs several trades: a retraining takes somebody of data, of ml and of "
    "the platform. In silos it goes from team to team, and at each hand-off waits in the next queue and has to be "
    "explained. A cross-functional team has one service and does all of its work; people are slower outside their own "
    "trade, are paid more for answering for everything, and each team needs a lead. In a centre of excellence some "
    "people of every trade do whatever needs several; the others do the rest, and are fewer. What has been begun "
    "is finished by whoever began it.",
    given={
        SILO: "one team for each trade, as the department has them",
        CROSS_FUNCTIONAL: "one team for each service, with people of all trades",
        CENTRE: "a team of experts for work that needs several trades, beside the others",
    },
    naive=SILO,
    accept=accept,
    effort_days=25,
    effort_gbp=8000,
    chosen=True,
)
