"""Reference practices for money: forecast it by its own trend, and spend it where it is worth most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.decisions import Purses
from sim.decisions.forecast import QUANTILES

NORMAL = 1.2816
"""Standard deviations from the median of a normal distribution to its upper tenth."""


@dataclass(frozen=True)
class trend_forecast:  # noqa: N801 - a practice is named as it is called
    """Carry the trend of the last months on, and half of what the same months of last year lay off it.

    The trend is the median slope between pairs of months (Theil 1950, Sen 1968), so that a single dear month does not
    bend it; with few months there is none, and the median month is carried on. How far months lie off it, by the median
    again, gives the lower and the upper quantile.

    Parameters
    ----------
    months : int
        How far back the trend looks.
    least : int
        Fewest months from which a trend is read.
    margin : float
        Months are taken to lie at least this far off, as a share of the median month.
    """

    months: int = 12
    least: int = 9
    margin: float = 0.03

    def __call__(self, spend: pd.DataFrame) -> dict[float, float]:
        """Return the next three months' cost at each quantile, GBP."""
        known = spend[spend.index >= 0]
        total = (known if len(known) else spend).sum(axis=1).to_numpy()[-self.months :]
        n, slope = len(total), 0.0
        month = np.arange(n)
        if n >= self.least:
            one, two = np.triu_indices(n, 1)
            slope = float(np.median((total[two] - total[one]) / (two - one)))
        level = float(np.median(total - slope * month))
        off = total - level - slope * month
        season = off[:3].sum() / 2 if n == 12 else 0.0
        median = max(3 * level + slope * (3 * n + 3) + season, 0.0)
        spread = max(1.4826 * float(np.median(np.abs(off))), self.margin * abs(level))
        reach = NORMAL * spread * np.sqrt(3 * (1 + 3 / n))
        return dict(zip(QUANTILES, (max(median - reach, 0.0), median, median + reach), strict=True))


@dataclass(frozen=True)
class fund_by_marginal_value:  # noqa: N801
    """Buy reviews where a pound of them has been worth more than a pound, the best first.

    A service whose reviews have earned less is left enough to retrain, and a few reviews by which to judge it again. As
    long as the board grants what is bid the others need no purse; when it cuts the bid, the best are served first.

    Parameters
    ----------
    keep : float
        Share of the reviews it asked for that a service keeps whose reviews have not been worth their cost.
    """

    keep: float = 0.1

    def __call__(self, report: Purses) -> dict[str, float]:
        """Return the purses, GBP."""
        use = report.services
        asked = use["bought_gbp"] + use["refused_gbp"]
        other = use["drawn_gbp"] - use["bought_gbp"] + use["retraining_gbp"]
        cost = use["reviews"] * use["review_gbp"]
        gain = (use["worth_gbp"] / cost.where(cost > 0)).fillna(np.inf).sort_values(ascending=False, kind="stable")
        wanted = other + asked * np.where(gain.reindex(use.index) < 1, self.keep, 1.0)
        scarce = report.cut_gbp > 0 and wanted.sum() > report.available_gbp
        left, purses = report.available_gbp, {}
        for service in gain.index if scarce else gain[gain < 1].index:
            purses[service] = min(wanted[service], left)
            left -= purses[service]
        return purses
