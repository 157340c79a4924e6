"""Reference practices for money: forecast it by what it has been lately, and spend it where it is worth most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.decisions import Purses
from sim.decisions.forecast import QUANTILES


@dataclass(frozen=True)
class rolling_forecast:  # noqa: N801 - a practice is named as it is called
    """Carry the median of the last months on, and doubt it as much as the same rule has missed before.

    The median lets a single dear month pass. The quantiles lie as far off as four in five of the quarters of the last
    year lay from what this rule would have said of them, and never nearer than a margin.

    Parameters
    ----------
    months : int
        Months whose median is carried on.
    memory : int
        Months in which misses are looked for.
    margin : float
        Share of the median that the quantiles lie off at the least.
    """

    months: int = 3
    memory: int = 12
    margin: float = 0.1

    def __call__(self, spend: pd.DataFrame) -> dict[float, float]:
        """Return the next three months' cost at each quantile, GBP."""
        known = spend[spend.index >= 0]
        total = (known if len(known) else spend).sum(axis=1).to_numpy()[-self.memory :]
        median = 3 * float(np.median(total[-self.months :]))
        missed = [
            abs(total[k : k + 3].sum() - 3 * np.median(total[max(k - self.months, 0) : k]))
            for k in range(1, len(total) - 2)
        ]
        reach = max(self.margin * median, float(np.quantile(missed, QUANTILES[2] - QUANTILES[0])) if missed else 0.0)
        return dict(zip(QUANTILES, (max(median - reach, 0.0), median, median + reach), strict=True))


@dataclass(frozen=True)
class fund_by_marginal_value:  # noqa: N801
    """Buy reviews where they have been worth their cost, the best first.

    A service whose reviews have clearly earned less is left enough to retrain, and a few reviews by which to judge it
    again. As long as the board grants what is bid the others need no purse; when it cuts the bid, the best are served
    first.

    Parameters
    ----------
    least : float
        Pounds that a pound of reviews must have been worth. Somewhat less than one, so that a service near the line is
        not funded in one quarter and cut in the next.
    keep : float
        Share of the reviews it asked for that a service keeps whose reviews have not been worth their cost.
    """

    least: float = 0.8
    keep: float = 0.1

    def __call__(self, report: Purses) -> dict[str, float]:
        """Return the purses, GBP."""
        use = report.services
        asked = use["bought_gbp"] + use["refused_gbp"]
        other = use["drawn_gbp"] - use["bought_gbp"] + use["retraining_gbp"]
        cost = use["reviews"] * use["review_gbp"]
        gain = (use["worth_gbp"] / cost.where(cost > 0)).fillna(np.inf).sort_values(ascending=False, kind="stable")
        wanted = other + asked * np.where(gain.reindex(use.index) < self.least, self.keep, 1.0)
        scarce = report.cut_gbp > 0 and wanted.sum() > report.available_gbp
        left, purses = report.available_gbp, {}
        for service in gain.index if scarce else gain[gain < self.least].index:
            purses[service] = min(wanted[service], left)
            left -= purses[service]
        return purses
