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
        later = _words(models, "reason") != "pilot"
        self.started, self.released, self.trained = (
            models[column].to_numpy()[later] for column in ("started_day", "released_day", "trained_day")
        )
        journal = of("journal")
        kinds = _words(journal, "kind")
        self.used, self.restored = _changes(journal, kinds)
        incidents = frames["incidents"]
        fault, owner = _words(incidents, "kind") != "breach", _words(incidents, "service")
        began, known, fixed = (incidents[column].to_numpy() for column in ("began_day", "detected_day", "fixed_day"))
        self.began, self.fixed = began[fault], fixed[fault]
        fault &= owner != "" if service == "all" else owner == service
        self.fault_began, self.fault_known = began[fault], np.where(np.isnan(known), fixed, known)[fault]
        when = journal["day"].to_numpy()
        self.false_alert = when[kinds == "false alert"]
        bill = frames["billing"]
        self.billed_day, self.billed_gbp = bill["x_Day"].to_numpy(), bill["EffectiveCost"].to_numpy()
        self.tagged, self.tags = pd.factorize(bill["Tags"])
        self._bill = bill
        budget = frames["budget"]
        lines = (budget[column].tolist() for column in ("service", "quarter", "line", "gbp"))
        self.budget = {(q, line): gbp for whose, q, line, gbp in zip(*lines, strict=True) if whose == "all"}
        self.adopted, self.adoption_days = _adoptions(frames["journal"])
        self.evidence, self.finding = (when[kinds == kind] for kind in ("evidence found", "finding"))
        people = frames["people"]
        staff = _words(people, "team") != CASEWORK
        kind = _words(people, "kind")[staff]
        self.told, self.toil = kind == HAND_OVER, _among(kind, TOIL)
        self.asked, self.begun, self.hours = (
            people[column].to_numpy()[staff] for column in ("queued_day", "started_day", "hours")
        )
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


def _words(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column of text as Python's own, which an array compares at once."""
    return frame[column].to_numpy(dtype=object)


def _among(words: np.ndarray, some: tuple[str, ...]) -> np.ndarray:
    """Say of each word whether it is one of a few."""
    return np.logical_or.reduce([words == word for word in some])


def _changes(journal: pd.DataFrame, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return when each version after the pilot's met its first case, and when it was found to have failed; NaN if not.

    A canary meets cases. A version has failed that was taken back, mended while in use, or stopped as a canary.
    """
    subject = _words(journal, "subject")
    failed = _among(kinds, FAILURES)
    mine = np.nonzero((_among(kinds, ("released", "canary began")) | failed) & (subject != "v0"))[0]
    names = zip(_words(journal, "service")[mine], subject[mine], strict=True)
    first: dict[tuple[str, str], float] = {}
    last: dict[tuple[str, str], float] = {}
    for name, day, lost in zip(names, journal["day"].to_numpy()[mine].tolist(), failed[mine].tolist(), strict=True):
        for times in (first, last):
            times.setdefault(name, np.inf)
        times = last if lost else first
        times[name] = min(times[name], day)
    whens = (np.array(list(times.values()), dtype=float) for times in (first, last))
    return tuple(np.where(np.isfinite(when), when, np.nan) for when in whens)


def _adoptions(journal: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return when each practice came into force, and how long after it was wanted."""
    kinds, event, day = _words(journal, "kind"), journal["event_id"].to_numpy(), journal["day"].to_numpy()
    begun, done = kinds == "taking up", kinds == "in force"
    wanted = dict(zip(event[begun].tolist(), day[begun].tolist(), strict=True))
    cause = journal["cause"].to_numpy(dtype=float, na_value=np.nan)[done]
    began = np.array([wanted.get(number, np.nan) for number in cause.tolist()], dtype=float)
    days = day[done] - began
    return day[done][~np.isnan(days)], days[~np.isnan(days)]
