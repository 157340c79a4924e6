"""Decision point ``promote``: whether a candidate may replace the version in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sim.decisions.point import DecisionPoint, truth_of


@dataclass(frozen=True)
class Evidence:
    """What a team knows of a candidate and of the version in use, both measured on the same known cases.

    The cases are the newest whose outcome is known that neither was trained on, up to 1,000. They are cases that the
    programme awarded, but for an audit sample, so that they flatter the version that chose them.

    Attributes
    ----------
    day : int
        Days from the start.
    days_since_release : float
        Since the version in use came into use.
    rows : int
        Cases on which both were measured.
    candidate_rows, champion_rows : int
        Rows that each was trained and tested on.
    candidate_accuracy, champion_accuracy : float
        Share of cases on the right side of one half; NaN for a regression.
    candidate_auc, champion_auc : float
        Area under the ROC curve; NaN for a regression, or where the cases hold one outcome only.
    candidate_brier, champion_brier : float
        Mean squared error of the probability, lower is better; NaN for a regression.
    candidate_mape, champion_mape : float
        Mean absolute error as a share of the outcome, lower is better; NaN for a classification.
    candidate_gap, champion_gap : float
        Largest difference between groups: in the share of eligible people scored one half or more, or of forecasts
        within a fifth of the outcome; NaN where a group has no such case.
    spend_gbp : float
        Cloud spend of the whole programme so far.
    """

    day: int
    days_since_release: float
    rows: int
    candidate_rows: int
    champion_rows: int
    candidate_accuracy: float
    champion_accuracy: float
    candidate_auc: float
    champion_auc: float
    candidate_brier: float
    champion_brier: float
    candidate_mape: float
    champion_mape: float
    candidate_gap: float
    champion_gap: float
    spend_gbp: float


class Promote(Protocol):
    """A rule for promoting a candidate."""

    def __call__(self, evidence: Evidence) -> bool:
        """Return True to release the candidate, False to drop it."""
        ...


def always(evidence: Evidence) -> bool:
    """Promote whatever was trained: the naive default."""
    return True


def accept(answer: object, *_: Any) -> bool:
    """Return the answer, or raise `DecisionError`."""
    return truth_of(answer, "True (release the candidate) or False")


_EACH = {
    "rows": "rows that the {} was made of",
    "accuracy": "the {}'s, share",
    "auc": "the {}'s, 0 to 1",
    "brier": "the {}'s, lower is better",
    "mape": "the {}'s, lower is better",
    "gap": "the {}'s, between groups, share",
}

POINT = DecisionPoint(
    name="promote",
    discipline="mlops",
    scope="service",
    signature="(evidence: Evidence) -> bool",
    about="Asked of each candidate, once it has been trained and tested. One that is not promoted is never used.",
    given={"day": "days from the start", "days_since_release": "days", "rows": "cases on which both were measured"}
    | {f"{who}_{what}": text.format(who) for what, text in _EACH.items() for who in ("candidate", "champion")}
    | {"spend_gbp": "GBP, cloud spend of the whole programme so far"},
    naive=always,
    accept=accept,
    effort_days=4,
    effort_gbp=1000,
)
