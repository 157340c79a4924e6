"""Reference practices of releasing: promote what is no worse, and take back what has moved too far."""

from __future__ import annotations

from dataclasses import dataclass

from sim.decisions import Aftermath, Evidence


@dataclass(frozen=True)
class promote_if_better:  # noqa: N801 - a practice is named as it is called
    """Promote a candidate that is no worse than the version in use, and no less even between groups.

    Parameters
    ----------
    margin : float
        Share by which its Brier score, or its MAPE, may be worse.
    wider : float
        How much wider its gap between groups may be.
    """

    margin: float = 0.01
    wider: float = 0.05

    def __call__(self, evidence: Evidence) -> bool:
        """Return whether to release the candidate; what cannot be measured does not stop it."""
        worse = evidence.candidate_brier > evidence.champion_brier * (
            1 + self.margin
        ) or evidence.candidate_mape > evidence.champion_mape * (1 + self.margin)
        return not worse and not evidence.candidate_gap > evidence.champion_gap + self.wider


@dataclass(frozen=True)
class roll_back_on_shift:  # noqa: N801
    """Take a release back when its scores lie further from those before than a new version's usually do.

    Parameters
    ----------
    tolerance : float
        Kolmogorov-Smirnov distance from which a release is taken back.
    least_cases : int
        Fewest cases to judge by.
    """

    tolerance: float = 0.25
    least_cases: int = 300

    def __call__(self, evidence: Aftermath) -> bool:
        """Return whether to bring back the version before."""
        return evidence.cases >= self.least_cases and evidence.score_shift > self.tolerance
