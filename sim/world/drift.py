"""How the world moves: covariates (who applies) apart from concept (what makes a person eligible)."""

from __future__ import annotations

import numpy as np

from sim.scenario import Drift, Service
from sim.streams import Streams


def begins(drift: Drift, service: Service, streams: Streams) -> float:
    """Return the day on which a drift begins in this run, its jitter drawn from a stream of its own.

    Parameters
    ----------
    drift : Drift
        As given.
    service : Service
        Whose drift it is.
    streams : Streams
        Of the run.

    Returns
    -------
    float
        Days from the start.
    """
    if not drift.jitter_days:
        return drift.begins_day
    u = streams.uniforms(f"{service.name}/drift/{drift.name}", 1)[0]
    return drift.begins_day + drift.jitter_days * (2 * u - 1)


def strength(drift: Drift, start: float, days: np.ndarray) -> np.ndarray:
    """Return how much of a drift is in force on each day.

    Parameters
    ----------
    drift : Drift
        Its shape and length.
    start : float
        Day on which it begins.
    days : ndarray of float, shape (d,)
        Days from the start.

    Returns
    -------
    ndarray of float, shape (d,)
        Sudden: 0 then 1. Gradual: a ramp from 0 to 1 over ``drift.days``. Seasonal: a sine of period ``drift.days``,
        zero on the first day. Recurring: 1 for ``drift.days`` out of every ``drift.every_days``.
    """
    since = np.asarray(days, dtype=float) - start
    if drift.shape == "sudden":
        return (since >= 0).astype(float)
    if drift.shape == "gradual":
        return np.clip(since / drift.days, 0.0, 1.0)
    if drift.shape == "seasonal":
        return np.where(since >= 0, np.sin(2 * np.pi * since / drift.days), 0.0)
    return ((since >= 0) & (np.mod(since, drift.every_days) < drift.days)).astype(float)


class World:
    """The state of a service's world on every day: shifts, weights and scores by group.

    Parameters
    ----------
    service : Service
        As given.
    streams : Streams
        Of the run.
    days : ndarray of int, shape (d,)
        Consecutive days.

    Attributes
    ----------
    shift : ndarray, shape (features, d * groups)
        Mean of each standardised covariate, by day and, within the day, by group.
    weight : ndarray, shape (features, d * groups)
        Pull on the score per standard deviation, in the same order.
    intercept : ndarray, shape (d * groups,)
        Score of the average person, in the same order; log-odds of eligibility are the score over the noise.
    moves, turns : ndarray of bool, shape (features,)
        Which features have a shift at all, and which weights are ever other than the scenario's.
    """

    def __init__(self, service: Service, streams: Streams, days: np.ndarray) -> None:
        names, groups = list(service.feature_names), [g.name for g in service.groups]
        shape = (len(names), len(days), len(groups))
        shift, weight = np.zeros(shape), np.zeros(shape)
        intercept = np.full(shape[1:], service.intercept)
        for j, feature in enumerate(service.features):
            weight[j] = feature.weight
            for group, amount in feature.shift.items():
                shift[j, :, groups.index(group)] += amount
        given = weight.copy()
        for drift in service.drifts:
            force = strength(drift, begins(drift, service, streams), days)
            touched = [groups.index(drift.group)] if drift.group else range(len(groups))
            target = shift if drift.target == "covariate" else weight
            for g in touched:
                for name, amount in drift.effects.items():
                    target[names.index(name), :, g] += amount * force
                if drift.target == "concept":
                    intercept[:, g] += drift.intercept * force
        self.moves, self.turns = shift.any(axis=(1, 2)), (weight != given).any(axis=(1, 2))
        self.shift, self.weight = (x.reshape(len(names), -1).astype("float32") for x in (shift, weight))
        self.intercept = intercept.ravel().astype("float32")
