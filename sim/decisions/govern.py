"""Decision point ``govern``: who approves, who looks on, and what is asked for before people are decided upon."""

from __future__ import annotations

from dataclasses import dataclass

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError


@dataclass(frozen=True)
class Governance:
    """How a programme is governed.

    Attributes
    ----------
    board_days : int
        Days from one meeting of the board to the next, within each quarter, which begins with one.
    approve_releases : bool
        Whether a release needs approval; without, the scenario may require it all the same.
    automated_controls : bool
        Whether a routine release, no worse than the version in use, is let through without the board, and access is
        granted without a person.
    human_oversight : float
        Share of refusals that a person sees before they are made.
    impact_assessment : bool
        Whether each service's impact is assessed before its next release.
    cost_council : bool
        Whether the teams go through the bill together each month.
    """

    board_days: int = 91
    approve_releases: bool = False
    automated_controls: bool = False
    human_oversight: float = 0.0
    impact_assessment: bool = False
    cost_council: bool = False


def governance(
    board_days: int = 91,
    approve_releases: bool = False,
    automated_controls: bool = False,
    human_oversight: float = 0.0,
    impact_assessment: bool = False,
    cost_council: bool = False,
) -> Governance:
    """Make a ``govern`` decision.

    Parameters
    ----------
    board_days : int
        Days from one meeting of the board to the next, 1 to 91.
    approve_releases, automated_controls, impact_assessment, cost_council : bool
        See `Governance`.
    human_oversight : float
        Share of refusals, 0 to 0.9.

    Returns
    -------
    Governance
        For ``Playbook.replace(govern=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    return accept(
        Governance(board_days, approve_releases, automated_controls, human_oversight, impact_assessment, cost_council)
    )


def accept(answer: object) -> Governance:
    """Return the choice itself, or raise `DecisionError`."""
    if not isinstance(answer, Governance):
        raise DecisionError("a choice made by sim.governance(board_days, automated_controls, ...) was expected.")
    days, share = answer.board_days, answer.human_oversight
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 91:
        raise DecisionError(f"board_days is {kind_of(days)}, but a whole number of days from 1 to 91 was expected.")
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 0.9:
        raise DecisionError(f"human_oversight is {kind_of(share)}, but a share from 0 to 0.9 was expected.")
    for name in ("approve_releases", "automated_controls", "impact_assessment", "cost_council"):
        if not isinstance(getattr(answer, name), bool):
            raise DecisionError(f"{name} is {kind_of(getattr(answer, name))}, but True or False was expected.")
    return answer


POINT = DecisionPoint(
    name="govern",
    discipline="integration",
    scope="programme",
    signature="governance(board_days, approve_releases, automated_controls, human_oversight, impact_assessment, "
    "cost_council)",
    about="Who approves and who looks on. A release that needs approval waits for the next board; automated controls "
    "compare it with the version in use and let it through if it is no worse, and the record of either is evidence. "
    "People see a share of refusals before they are made, at a caseworker's price. An audit asks for evidence: "
    "approvals, snapshots, lineage, an impact assessment, retention, people's hand in refusals; what it does not find "
    "is work and money to answer, and costs trust. A cost council takes hours of every team each month and finds what "
    "runs for nobody.",
    given={
        "board_days": "days from one board to the next, 1 to 91",
        "approve_releases": "whether a release needs approval",
        "automated_controls": "whether routine releases and access need no person",
        "human_oversight": "share of refusals that a person sees first, 0 to 0.9",
        "impact_assessment": "whether each service's impact is assessed before its next release",
        "cost_council": "whether the teams go through the bill each month",
    },
    naive=Governance(),
    accept=accept,
    effort_days=6,
    effort_gbp=3000,
    chosen=True,
)
