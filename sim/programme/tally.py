"""What a service's final decisions were and did, counted by day: right and wrong, benefit and harm, group by group.

A classification service awards or refuses: a decision is right if it agrees with the truth. A regression service acts
upon a forecast: that is right if it lies within the service's tolerance of what came; each unit of error has a price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.data.casefile import REFER, REJECTED, CaseFile
from sim.scenario import Service


@dataclass(frozen=True)
class Tally:
    """Counts of people and pounds by day.

    Attributes
    ----------
    decided, right : ndarray, shape (days,)
        Final decisions, and those that were right.
    refused, refused_by_person : ndarray, shape (days,)
        Refusals, and those that a person made.
    error : ndarray, shape (days,)
        Sum of absolute errors as a share of what came (regression); zero otherwise.
    benefit_gbp, harm_gbp : ndarray, shape (days,)
        Public value of right decisions, and harm of wrong ones and of records sent back.
    satisfaction : ndarray, shape (days,)
        People content, expected; NaN where nobody is asked.
    eligible, served : ndarray, shape (days, groups)
        People whom a good decision would serve, and those whom it served.
    """

    decided: np.ndarray
    right: np.ndarray
    refused: np.ndarray
    refused_by_person: np.ndarray
    error: np.ndarray
    benefit_gbp: np.ndarray
    harm_gbp: np.ndarray
    satisfaction: np.ndarray
    eligible: np.ndarray
    served: np.ndarray


def tally(given: Service, file: CaseFile, last: int, final: np.ndarray, returned: np.ndarray, days: int) -> Tally:
    """Count a service's final decisions by day.

    Parameters
    ----------
    given : Service
        Task, groups and prices.
    file : CaseFile
        Where each case stands.
    last : int
        Cases looked at: the first so many.
    final, returned : ndarray of int, shape (last,)
        Day of each case's final decision, and of its being sent back, counted from the window's first; ``days`` for a
        case outside the window.
    days : int
        Length of the window.

    Returns
    -------
    Tally
        In people: each simulated case counts as the service's weight.
    """
    counted = _forecasts if given.regression else _awards
    return counted(given, file, slice(0, last), final, returned, days)


def harm_gbp(given: Service, truth: np.ndarray, granted: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the harm of each decision, GBP per person.

    Parameters
    ----------
    given : Service
        Task and prices.
    truth, granted, score : ndarray, shape (n,)
        What was true, what was decided (1 awarded, 0 refused), and the model's score or forecast.

    Returns
    -------
    ndarray of float, shape (n,)
        Zero for a right award or refusal. A forecast is acted upon as far as can be: for no less than nothing, and no
        more than the most that can be planned for.
    """
    value = given.value
    if given.regression:
        over = np.clip(np.asarray(score, dtype=float), 0.0, given.quantity.most) - truth
        return np.where(over > 0, over * value.over_gbp_per_unit, -over * value.under_gbp_per_unit)
    granted = np.asarray(granted, dtype=bool)
    return np.where(granted & ~truth, value.wrong_award_gbp, 0.0) + np.where(
        ~granted & truth, value.wrong_refusal_gbp, 0.0
    )


def within(given: Service, truth: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Say which forecasts lie within the service's tolerance of what came, or within one unit of it."""
    return np.abs(forecast - truth) <= np.maximum(given.quantity.tolerance * truth, 1.0)


def _awards(given: Service, file: CaseFile, whole: slice, final: np.ndarray, returned: np.ndarray, days: int) -> Tally:
    people, groups, value, weight = file.people, len(given.groups), given.value, given.weight
    referred = file.choice[whole] == REFER
    kind = ((file.granted[whole] * 2 + people.truth[whole]) * 2 + referred) * groups
    code = final * (8 * groups) + np.maximum(kind, 0) + people.group[whole]
    shape = (days + 1, 2, 2, 2, groups)
    cube = np.bincount(code, minlength=int(np.prod(shape)))[: np.prod(shape)].reshape(shape)[:days] * weight
    back = np.nonzero((file.state[whole] == REJECTED) & people.truth[whole])[0]
    sent = np.bincount(returned[back] * groups + people.group[back], minlength=(days + 1) * groups)
    sent = sent[: days * groups].reshape(days, groups) * weight
    by_kind = cube.sum(axis=-1)
    right = by_kind[:, 0, 0] + by_kind[:, 1, 1]
    own = by_kind[:, :, :, 0]
    benefit = (
        own[:, 1, 1] * value.right_gbp + own[:, 0, 0] * value.right_refusal_gbp + right[:, 1] * value.reviewed_right_gbp
    )
    harm = (
        by_kind[:, 1, 0].sum(axis=1) * value.wrong_award_gbp
        + (by_kind[:, 0, 1].sum(axis=1) + sent.sum(axis=1)) * value.wrong_refusal_gbp
    )
    return Tally(
        decided=by_kind.sum(axis=(1, 2, 3)),
        right=right.sum(axis=1),
        refused=by_kind[:, 0].sum(axis=(1, 2)),
        refused_by_person=by_kind[:, 0, :, 1].sum(axis=1),
        error=np.zeros(days),
        benefit_gbp=benefit,
        harm_gbp=harm,
        satisfaction=_content(given, by_kind),
        eligible=cube[:, :, 1].sum(axis=(1, 2)) + sent,
        served=cube[:, 1, 1].sum(axis=1),
    )


def _content(given: Service, by_kind: np.ndarray) -> np.ndarray:
    """People content: those refused or referred are handed to a person, those awarded have the model's answer."""
    if given.satisfaction is None:
        return np.full(len(by_kind), np.nan)
    answered, handed = by_kind[:, 1, :, 0], by_kind.sum(axis=(1, 2, 3)) - by_kind[:, 1, :, 0].sum(axis=1)
    told = given.satisfaction
    return answered[:, 1] * told.answered_right + answered[:, 0] * told.answered_wrong + handed * told.handed_over


def _forecasts(
    given: Service, file: CaseFile, whole: slice, final: np.ndarray, returned: np.ndarray, days: int
) -> Tally:
    people, groups, weight = file.people, len(given.groups), given.weight
    rows = np.nonzero(final < days)[0]
    day, truth, forecast = final[rows], people.truth[rows].astype(float), file.score[rows]
    good = within(given, truth, forecast)
    cell = day * groups + people.group[rows]
    back = np.nonzero(returned < days)[0]
    concerned = np.concatenate([cell, returned[back] * groups + people.group[back]])
    eligible = np.bincount(concerned, minlength=days * groups)
    served = np.bincount(cell[good], minlength=days * groups)
    right = np.bincount(day[good], minlength=days) * weight
    harm = np.bincount(day, weights=harm_gbp(given, truth, good, forecast), minlength=days)
    nothing = np.zeros(days, dtype=int)
    return Tally(
        decided=np.bincount(day, minlength=days) * weight,
        right=right,
        refused=nothing,
        refused_by_person=nothing,
        error=np.bincount(day, weights=np.abs(forecast - truth) / np.maximum(truth, 1), minlength=days) * weight,
        benefit_gbp=right * given.value.right_gbp,
        harm_gbp=harm * weight,
        satisfaction=np.full(days, np.nan),
        eligible=eligible.reshape(days, groups) * weight,
        served=served.reshape(days, groups) * weight,
    )
