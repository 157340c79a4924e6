"""A run's records as arrays, of one service or of all, over some days: what measures are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from sim.scorecard.machines import Machines

FAILURES = ("rolled back", "hotfixed", "canary stopped")
"""Events by which a release that was in use shows to have failed."""


CASEWORK = "casework"
"""The team that decides referred cases; its queue is the people's, who wait for a decision."""

HAND_OVER = "hand over"
"""Kind of work by which a team is told what another has done so far."""

TOIL = ("manual loads", "manual reports", "access requests")
"""Kinds of work that come back every week."""


class Evidence:
    """The records of one service, or of all, over some days, as arrays.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.
    service : str
        One service's name, or ``"all"``.

    Attributes
    ----------
    decides : bool
        Whether any of the services awards and refuses; one that forecasts does not.
    services : int
        How many there are.
    deciding : set of str
        Those that do.
    budget : dict of (int, str) to float
        Lines of the programme's budget, GBP, by quarter and name.
    adopted, adoption_days : ndarray of float, shape (practices,)
        When each practice came into force, and how long that took.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], service: str = "all") -> None:
        def of(name: str) -> pd.DataFrame:
            frame = frames[name]
            return frame if service == "all" else frame[frame["service"] == service]

        daily = of("daily")
        self.daily = {c: daily[c].to_numpy() for c in daily.columns if c != "service"}
        code, names = pd.factorize(daily["service"])
        self.daily["place"], self.services = code, len(names)
        forecasts = np.bincount(code[~np.isnan(self.daily["mape"])], minlength=len(names)) > 0
        self.decides = bool((~forecasts).any())
        self.deciding = set(names[~forecasts])
        groups = of("groups")
        self.owner, self.owners = pd.factorize(groups["service"])
        self.group, self.groups = pd.factorize(groups["group"])
        self.groups_day = groups["day"].to_numpy()
        self.eligible, self.granted = groups["eligible"].to_numpy(), groups["granted"].to_numpy()
        quality = frames["quality"]
        self.quality = {c: quality[c].to_numpy() for c in ("day", "rows", "failed")}
        models = of("models")
        later = models[models["reason"] != "pilot"]
        self.started, self.released = later["started_day"].to_numpy(), later["released_day"].to_numpy()
        self.trained = later["trained_day"].to_numpy()
        journal = of("journal")
        kinds = journal["kind"].to_numpy(dtype=object)
        self.used, self.restored = _changes(journal, kinds)
        incidents = frames["incidents"]
        incidents = incidents[incidents["kind"] != "breach"]
        self.began, self.fixed = incidents["began_day"].to_numpy(), incidents["fixed_day"].to_numpy()
        faults = of("incidents")
        faults = faults[(faults["service"] != "") & (faults["kind"] != "breach")]
        self.fault_began = faults["began_day"].to_numpy()
        self.fault_known = faults["detected_day"].fillna(faults["fixed_day"]).to_numpy()
        when = journal["day"].to_numpy()
        self.false_alert = when[kinds == "false alert"]
        bill = frames["billing"]
        self.billed_day, self.billed_gbp = bill["x_Day"].to_numpy(), bill["EffectiveCost"].to_numpy()
        self.tagged, self.tags = pd.factorize(bill["Tags"])
        self._bill = bill
        budget = frames["budget"]
        whole = budget[budget["service"] == "all"]
        self.budget = dict(zip(zip(whole["quarter"], whole["line"], strict=True), whole["gbp"], strict=True))
        self.adopted, self.adoption_days = _adoptions(frames["journal"])
        self.evidence, self.finding = (when[kinds == kind] for kind in ("evidence found", "finding"))
        people = frames["people"]
        people = people[people["team"] != CASEWORK]
        kind = people["kind"].to_numpy(dtype=object)
        self.told, self.toil = kind == HAND_OVER, np.isin(kind, TOIL)
        self.asked, self.begun = people["queued_day"].to_numpy(), people["started_day"].to_numpy()
        self.hours = people["hours"].to_numpy()
        self.first, self.last = 0, len(self.daily["day"])
        self.span(int(self.daily["day"].min(initial=2**31)), int(self.daily["day"].max(initial=-1)) + 1)

    @cached_property
    def machines(self) -> Machines:
        """The machines on the bill, of all services together."""
        return Machines(self._bill)

    def span(self, first: int, last: int) -> Evidence:
        """Look at the days [first, last) alone, and return itself."""
        self.first, self.last = first, last
        self._here = (self.daily["day"] >= first) & (self.daily["day"] < last)
        return self

    def total(self, column: str) -> float:
        """Return the sum of a daily column."""
        return float(np.nansum(self.daily[column][self._here]))

    def column(self, column: str) -> np.ndarray:
        """Return a daily column, shape (rows,)."""
        return self.daily[column][self._here]

    def during(self, day: np.ndarray) -> np.ndarray:
        """Say which times lie within the days looked at."""
        return (day >= self.first) & (day < self.last)


def _changes(journal: pd.DataFrame, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return when each version after the pilot's met its first case, and when it was found to have failed; NaN if not.

    A canary meets cases. A version has failed that was taken back, mended while in use, or stopped as a canary.
    """
    met, failed = np.isin(kinds, ("released", "canary began")), np.isin(kinds, FAILURES)
    mine = (met | failed) & (journal["subject"] != "v0").to_numpy()
    events = journal[["service", "subject", "day"]][mine]
    day, lost = events["day"].to_numpy(), failed[mine]
    version = events.groupby(["service", "subject"], sort=False).ngroup().to_numpy()
    first, last = (np.full(version.max(initial=-1) + 1, np.inf) for _ in range(2))
    np.minimum.at(first, version[~lost], day[~lost])
    np.minimum.at(last, version[lost], day[lost])
    return tuple(np.where(np.isfinite(when), when, np.nan) for when in (first, last))


def _adoptions(journal: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return when each practice came into force, and how long after it was wanted."""
    done = journal[journal["kind"] == "in force"]
    began = journal.loc[journal["kind"] == "taking up", ["event_id", "day"]].set_index("event_id")["day"]
    days = done["day"].to_numpy() - began.reindex(done["cause"]).to_numpy()
    return done["day"].to_numpy()[~np.isnan(days)], days[~np.isnan(days)]
