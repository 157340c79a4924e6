"""Decision point ``roll_back``: whether the version before comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sim.decisions.point import DecisionPoint, truth_of


@dataclass(frozen=True)
class Aftermath:
    """What a team knows of a release in its first days, against the four weeks before it. Nothing here is hindsight.

    Attributes
    ----------
    day : int
        Days from the start.
    days_since_release : float
        Since the version came into use.
    cases, cases_before : int
        Cases that the new version scored, and cases scored in the 28 days before its release.
    approve_rate, approve_rate_before : float
        Share of those cases that were approved; NaN without cases, and for a regression.
    refer_rate, refer_rate_before : float
        Share that was referred to a person; NaN likewise.
    mean_score, mean_score_before : float
        Mean probability, or mean forecast; NaN without cases.
    score_shift : float
        Kolmogorov-Smirnov distance between the scores since and before, 0 to 1; NaN without cases. A new version that
        has learned a new rule shifts its scores as well as a faulty one.
    accuracy_known, accuracy_known_before : float
        Share of right decisions among outcomes that became known in the last 28 days, and in the 28 before the
        release; for a forecast its MAPE, of which lower is better. Outcomes are weeks late: for a month they speak of
        the old version.
    alarms : int
        The model monitor's alarms since the release, answered or not.
    complaints, complaints_before : float
        People who complained of a refusal, for each 1,000 cases scored.
    spend_gbp : float
        Cloud spend of the whole programme so far.
    """

    day: int
    days_since_release: float
    cases: int
    cases_before: int
    approve_rate: float
    approve_rate_before: float
    refer_rate: float
    refer_rate_before: float
    mean_score: float
    mean_score_before: float
    score_shift: float
    accuracy_known: float
    accuracy_known_before: float
    alarms: int
    complaints: float
    complaints_before: float
    spend_gbp: float


class RollBack(Protocol):
    """A rule for taking a release back."""

    def __call__(self, evidence: Aftermath) -> bool:
        """Return True to bring back the version before."""
        ...


def never(evidence: Aftermath) -> bool:
    """Never roll back: the naive default."""
    return False


def accept(answer: object, *_: Any) -> bool:
    """Return the answer, or raise `DecisionError`."""
    return truth_of(answer, "True (bring back the version before) or False")


POINT = DecisionPoint(
    name="roll_back",
    discipline="mlops",
    scope="service",
    signature="(evidence: Aftermath) -> bool",
    about="Asked each night for 28 days after a release. The version before is back at once while a blue-green release "
    "keeps it warm, in hours where versioning kept it, and else when people have rebuilt it. Then somebody looks into "
    "the release, and mends and releases it again if its code was at fault.",
    given={
        "day": "days from the start",
        "days_since_release": "days",
        "cases": "scored by the new version",
        "cases_before": "scored in the 28 days before it",
        "approve_rate": "share approved",
        "approve_rate_before": "share, before",
        "refer_rate": "share referred",
        "refer_rate_before": "share, before",
        "mean_score": "mean probability or forecast",
        "mean_score_before": "the same, before",
        "score_shift": "Kolmogorov-Smirnov distance of the scores from those before, 0 to 1",
        "accuracy_known": "share right, last 28 days; for a forecast its MAPE, of which lower is better",
        "accuracy_known_before": "the same, 28 days before the release",
        "alarms": "of the model monitor, since the release",
        "complaints": "per 1,000 cases",
        "complaints_before": "per 1,000 cases, before",
        "spend_gbp": "GBP, cloud spend of the whole programme so far",
    },
    naive=never,
    accept=accept,
    effort_days=4,
    effort_gbp=2000,
)
