"""The people who come: how many, who they are, what is true of them, and what their records say.

Everything here is the world's, not the programme's: it depends on the scenario and the seed alone. Each day of each
service has one stream, read by rows of a fixed number of variates, so one more case changes no other case.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from sim.scenario import Feature, Service
from sim.streams import Streams
from sim.world.drift import World

VARIATES = (
    "group",
    "truth",
    "hour",
    "completeness",
    "accuracy",
    "validity",
    "consistency",
    "uniqueness",
    "timeliness",
    "magnitude",
    "lag",
    "audit",
    "review",
    "complaint",
    "record",
    "incident",
)
"""Uniform variates of each case, in the order of their columns, before one for each feature."""

_HOURLY = np.array([1, 1, 1, 1, 1, 2, 3, 5, 8, 11, 12, 11, 10, 10, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], dtype=float)
"""Relative arrivals by hour of the day (general: an online form used mostly in office hours)."""

_QUANTILES = 65_536
"""Normal variates, lags and hours are looked up among so many equally likely values, far faster than inverting.

The upper half of a random word says which."""

_MIDDLES = (np.arange(_QUANTILES) + 0.5) / _QUANTILES

_NORMAL = ndtri(_MIDDLES).astype("float32")

_HOUR = np.interp(_MIDDLES, np.concatenate([[0.0], np.cumsum(_HOURLY) / _HOURLY.sum()]), np.arange(25.0)) / 24.0

_KEPT = ("audit", "review", "complaint", "record", "incident")

_STRIKING = ("accuracy", "validity", "consistency", "completeness", "magnitude")
"""Variates that put defects into records."""

_CHUNK = 32
"""Days drawn at a time: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Population:
    """All cases of one service over consecutive days, in order of arrival.

    Attributes
    ----------
    first_day : int
        Day of the first case.
    offset : ndarray of int, shape (days + 1,)
        Where each day's cases begin.
    day : ndarray of int, shape (n,)
        Day of arrival.
    hour : ndarray of uint16, shape (n,)
        Which quantile of the hours of a day each arrives at; see `arrived_of`.
    group : ndarray of int, shape (n,)
        Index into the service's groups.
    truth : ndarray of bool, or of float32 for a regression, shape (n,)
        Whether the outcome is 1; or the quantity, a whole number.
    clean : ndarray, shape (n, features)
        The true values: whole numbers.
    record : ndarray of float32, shape (n, features)
        The values as recorded, with background defects; missing values are NaN.
    late : ndarray of int, shape (n,)
        Days by which the record is late.
    twice : ndarray of bool, shape (n,)
        Whether the record arrives twice.
    lag : ndarray of float, shape (n,)
        Days from decision to known outcome.
    u : dict of str to ndarray, shape (n,)
        Variates kept for choices of the programme: audit, review, complaint, record, incident.
    """

    first_day: int
    offset: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    group: np.ndarray
    truth: np.ndarray
    clean: np.ndarray
    record: np.ndarray
    late: np.ndarray
    twice: np.ndarray
    lag: np.ndarray
    u: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.day)

    def of_day(self, day: int) -> slice:
        """Return where the cases of a day lie."""
        k = day - self.first_day
        return slice(int(self.offset[k]), int(self.offset[k + 1]))

    @property
    def case_id(self) -> np.ndarray:
        """Number of each case, shape (n,): a million times the day, plus its place within the day."""
        return self.case_id_of(np.arange(len(self)))

    def case_id_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the numbers of some cases, shape of ``rows``, int64."""
        day = self.day[rows]
        return day.astype("int64") * 1_000_000 + rows - self.offset[day - self.first_day]

    @cached_property
    def arrived(self) -> np.ndarray:
        """Time of arrival of each case in days, shape (n,), float64."""
        return self.day + _HOUR.take(self.hour)

    def arrived_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the times of arrival of some cases in days, shape of ``rows``, float64."""
        return self.arrived[rows]


def volumes(service: Service, streams: Streams, days: np.ndarray, stream: str) -> np.ndarray:
    """Return the number of simulated cases on each day: a rounded normal, with the spread of a Poisson count of people.

    Parameters
    ----------
    service : Service
        Mean and winter peak.
    streams : Streams
        Of the run.
    days : ndarray of int, shape (d,)
        Days from the start, taken for 1 April whatever the scenario says.
    stream : str
        Name of the stream that the days' variates come from, in order.

    Returns
    -------
    ndarray of int, shape (d,)
        Zero or more.
    """
    mean = service.cases_per_day * (1 + service.winter_peak * np.cos(2 * np.pi * (days - 289) / 365.25))
    u = streams.uniforms(f"{service.name}/{stream}", len(days))
    return np.maximum(np.rint(mean + np.sqrt(mean / service.weight) * ndtri(u)), 0).astype(int)


def populate(
    service: Service, streams: Streams, first_day: int, last_day: int, stream: str = "cases", extra: int = 0
) -> Population:
    """Draw every case of a service over the days [first_day, last_day).

    Parameters
    ----------
    service : Service
        As given.
    streams : Streams
        Of the run.
    first_day, last_day : int
        Half-open range of days; negative days lie before the start.
    stream : str
        Name of the family of streams; pilot cases have one of their own.
    extra : int
        Further cases on each day, after the usual ones; they change none of those.

    Returns
    -------
    Population
        In order of arrival day.
    """
    days = np.arange(first_day, last_day)
    counts = volumes(service, streams, days, f"{stream}/volume") + extra
    offset = np.concatenate([[0], np.cumsum(counts)])
    n, width = int(offset[-1]), len(service.features)
    world, seeds = World(service, streams, days), streams.seeds(f"{service.name}/{stream}", days)
    day = np.repeat(days, counts)
    hour = np.empty(n, dtype="uint16")
    whole = {name: np.empty(n, dtype="float32") for name in ("lag", *_STRIKING, *_KEPT)}
    group, late = np.empty(n, dtype="int8"), np.empty(n, dtype="int8")
    truth, twice = np.empty(n, dtype="float32" if service.regression else bool), np.empty(n, dtype=bool)
    reach = max(max(abs(f.low), abs(f.high)) for f in service.features)
    clean, record = np.empty((n, width), "int16" if reach < 2**15 else "float32"), np.empty((n, width), "float32")
    for first in range(0, len(days), _CHUNK):
        last = min(first + _CHUNK, len(days))
        here = slice(int(offset[first]), int(offset[last]))
        words = _words(service, streams, seeds[first:last], counts[first:last])
        column, place = _uniforms(words), _places(words)
        part = _people(service, world, np.repeat(np.arange(first, last), counts[first:last]), column, place)
        group[here], truth[here] = part.group, part.truth
        clean[here] = part.clean.astype(clean.dtype).T
        record[here] = clean[here]
        late[here], twice[here] = part.late, part.twice
        hour[here] = place[VARIATES.index("hour")]
        whole["lag"][here] = part.lag
        for name in (*_STRIKING, *_KEPT):
            whole[name][here] = column[name]
    with_defects(service, record, clean, whole, _ratios(service, group))
    return Population(
        first_day=first_day,
        offset=offset,
        day=day,
        hour=hour,
        group=group,
        truth=truth,
        clean=clean,
        record=record,
        late=late,
        twice=twice,
        lag=whole["lag"],
        u={name: whole[name] for name in _KEPT},
    )


@dataclass(frozen=True)
class _People:
    group: np.ndarray
    truth: np.ndarray
    clean: np.ndarray
    late: np.ndarray
    twice: np.ndarray
    lag: np.ndarray


def _words(service: Service, streams: Streams, seeds: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Draw the random words of some days' cases, shape (cases, variates): a row a case, a stream a day."""
    width = len(VARIATES) + len(service.features)
    drawn = [streams.words_from(seed, n * width) for seed, n in zip(seeds, counts.tolist(), strict=True)]
    return np.concatenate(drawn).reshape(-1, width)


def _uniforms(words: np.ndarray) -> dict[str, np.ndarray]:
    """Return `VARIATES` of each case by name, float32: the upper 24 bits of a word as a share of 1."""
    columns = np.ascontiguousarray(words[:, : len(VARIATES)].T)
    return dict(zip(VARIATES, (columns >> 8).astype("float32") * np.float32(2**-24), strict=True))


def _places(words: np.ndarray) -> np.ndarray:
    """Return which of the equally likely quantiles each variate stands for: a view, shape (variates, cases), uint16."""
    return words.view("<u2")[:, 1::2].T


def normal_of(place: np.ndarray) -> np.ndarray:
    """Return standard normal variates, float32, for the quantiles they stand for, uint16."""
    return _NORMAL.take(place)


def _place(u: np.ndarray) -> np.ndarray:
    """Return which of the equally likely quantiles a uniform variate stands for."""
    return (u * _QUANTILES).astype("int32")


def _people(
    service: Service, world: World, step: np.ndarray, column: dict[str, np.ndarray], place: np.ndarray
) -> _People:
    """Turn a chunk's variates, one row each, into people and their records, one column a person."""
    features, defects, outcomes = service.features, service.defects, service.outcomes
    bounds = np.cumsum([g.share for g in service.groups], dtype="float32")[:-1]
    group = sum((column["group"] >= bound for bound in bounds), np.zeros(len(step), dtype="int8"))
    z = _NORMAL.take(np.ascontiguousarray(place[len(VARIATES) :]))
    cell = step * len(service.groups) + group
    odds = world.intercept.take(cell)
    clean = np.empty_like(z)
    for j, feature in enumerate(features):
        if world.moves[j]:
            z[j] += world.shift[j].take(cell)
        odds += z[j] * (world.weight[j].take(cell) if world.turns[j] else feature.weight)
        if feature.bend:
            odds += feature.bend * (z[j] ** 2 - 1)
        clean[j] = value_of(feature, z[j])
    for lesser, greater in rules(service):
        np.minimum(clean[lesser], clean[greater] - 1, out=clean[lesser])
    ratio = _ratios(service, group)
    lateness = column["timeliness"] / np.maximum(defects.timeliness * ratio, 1e-12)
    if service.regression:
        noise = service.noise * _NORMAL.take(place[VARIATES.index("truth")])
        truth = np.rint(service.quantity.centre * np.exp(odds + noise))
    else:
        with np.errstate(over="ignore"):
            truth = column["truth"] < 1 / (1 + np.exp(-odds / service.noise))
    return _People(
        group=group,
        truth=truth,
        clean=clean,
        late=np.where(lateness < 1, 1 + np.floor(np.minimum(lateness, 1) * defects.late_days), 0),
        twice=column["uniqueness"] < defects.uniqueness * ratio,
        lag=outcomes.median_days * np.exp(outcomes.spread * _NORMAL.take(place[VARIATES.index("lag")])),
    )


def _ratios(service: Service, group: np.ndarray) -> np.ndarray:
    """Return how many times as often as usual the records of each person have a defect."""
    return np.array([g.defect_ratio for g in service.groups], dtype="float32").take(group)


def rules(service: Service) -> list[tuple[int, int]]:
    """Return the rules of consistency as pairs of columns: the first must stay below the second."""
    names = service.feature_names
    return [(j, names.index(f.below)) for j, f in enumerate(service.features) if f.below]


def value_of(feature: Feature, z: np.ndarray) -> np.ndarray:
    """Turn standard normal variates into a feature's values, within its valid range.

    Parameters
    ----------
    feature : Feature
        Kind, centre, spread and range.
    z : ndarray, shape (n,)
        Standardised values.

    Returns
    -------
    ndarray of float, shape (n,)
        In the feature's unit: whole numbers.
    """
    if feature.kind == "flag":
        return (z < ndtri(feature.centre)).astype(float)
    if feature.kind == "money":
        raw = feature.centre * np.exp(feature.spread * z)
    else:
        raw = feature.centre + feature.spread * z
    np.rint(raw, out=raw)
    np.maximum(raw, feature.low, out=raw)
    return np.minimum(raw, feature.high, out=raw)


def with_defects(
    service: Service, record: np.ndarray, clean: np.ndarray, column: dict[str, np.ndarray], ratio: np.ndarray
) -> None:
    """Put background defects into records, in place.

    Parameters
    ----------
    service : Service
        Rates of defects, and the features' ranges and rules.
    record : ndarray of float, shape (n, features)
        The truth when called; as entered on return, with NaN where a value is missing. An invalid value is a sign in
        the wrong place or an amount past the largest allowed; an inaccurate one is another person's.
    clean : ndarray of float, shape (n, features)
        True values.
    column : dict of str to ndarray, shape (n,)
        Variates by name; the one that decides whether a record has a defect also chooses its field.
    ratio : ndarray, shape (n,)
        How many times as often as usual each record has a defect.
    """
    features, width = service.features, record.shape[1]

    def struck(name: str) -> tuple[np.ndarray, np.ndarray]:
        chance = getattr(service.defects, name) * ratio
        rows = np.nonzero(column[name] < chance)[0]
        return rows, np.minimum((column[name][rows] / chance[rows] * width).astype(int), width - 1)

    rows, fields = struck("accuracy")
    z = _NORMAL[_place(column["magnitude"][rows])]
    for j in np.unique(fields):
        here = fields == j
        record[rows[here], j] = value_of(features[j], z[here])
    rows, fields = struck("validity")
    low, high = np.array([f.low for f in features])[fields], np.array([f.high for f in features])[fields]
    size = column["magnitude"][rows]
    record[rows, fields] = np.where(size < 0.5, np.minimum(-clean[rows, fields], low - 1), np.rint(high * (1 + size)))
    for lesser, greater in rules(service)[:1]:
        rows, _ = struck("consistency")
        record[rows, lesser] = clean[rows, greater] + np.floor(3 * column["magnitude"][rows])
    rows, fields = struck("completeness")
    record[rows, fields] = np.nan
