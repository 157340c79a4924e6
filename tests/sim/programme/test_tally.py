"""Counting decisions by day: against a plain loop over the cases."""

import numpy as np
import pytest

import sim
from sim.data.casefile import APPROVE, DELIVERED, REFER, REFUSE, REJECTED, CaseFile
from sim.programme.tally import harm_gbp, tally, within
from sim.scenario import Satisfaction
from sim.streams import Streams
from sim.world.population import populate

DAYS = 12


def decided(service: sim.scenario.Service) -> tuple[CaseFile, np.ndarray, np.ndarray]:
    """Return a case file with decisions at random, and the day of each decision and return."""
    people = populate(service, Streams(4), 0, DAYS)
    file, chance = CaseFile(people), np.random.default_rng(1)
    n = len(people)
    file.state[:] = np.where(chance.random(n) < 0.1, REJECTED, DELIVERED)
    file.choice[:] = chance.choice([APPROVE, REFER, REFUSE], n)
    file.granted[:] = chance.integers(0, 2, n)
    file.score[:] = people.truth * chance.lognormal(0, 0.1, n)
    final = np.where(file.state == REJECTED, DAYS, np.minimum(people.day + chance.integers(0, 4, n), DAYS))
    returned = np.where(file.state == REJECTED, np.minimum(people.day + 5, DAYS), DAYS)
    file.granted[file.state == REJECTED] = -1
    return file, final, returned


def service_of(name: str, **changes: object) -> sim.scenario.Service:
    return sim.load_scenario("household-support").service(name).model_copy(update=changes)


@pytest.mark.parametrize("weight", [1, 7])
def test_awards_are_counted_as_a_loop_counts_them(weight):
    told = Satisfaction()
    given = service_of("claims-triage", weight=weight, satisfaction=told)
    file, final, returned = decided(given)
    counted = tally(given, file, len(file.people), final, returned, DAYS)
    value = given.value
    for day in (0, 3, DAYS - 1):
        benefit = harm = content = right = refused = by_person = 0.0
        eligible, served = np.zeros(2), np.zeros(2)
        for i in range(len(file.people)):
            truth, granted, person = file.people.truth[i], file.granted[i], file.choice[i] == REFER
            if final[i] == day:
                ok = granted == truth
                right += ok
                refused += not granted
                by_person += person and not granted
                gain = value.reviewed_right_gbp if person else value.right_gbp if granted else value.right_refusal_gbp
                benefit += gain * ok
                harm += 0 if ok else value.wrong_award_gbp if granted else value.wrong_refusal_gbp
                answered = granted and not person
                content += (told.answered_right if ok else told.answered_wrong) if answered else told.handed_over
            if (final[i] == day or returned[i] == day) and truth:
                eligible[file.people.group[i]] += 1
                served[file.people.group[i]] += final[i] == day and granted
            harm += value.wrong_refusal_gbp * (returned[i] == day and truth)
        assert counted.right[day] == right * weight
        assert counted.refused[day] == refused * weight
        assert counted.refused_by_person[day] == by_person * weight
        assert counted.benefit_gbp[day] == pytest.approx(benefit * weight)
        assert counted.harm_gbp[day] == pytest.approx(harm * weight)
        assert counted.satisfaction[day] == pytest.approx(content * weight)
        assert (counted.eligible[day] == eligible * weight).all()
        assert (counted.served[day] == served * weight).all()


def test_forecasts_are_counted_as_a_loop_counts_them():
    given = service_of("staffing-forecast", weight=2)
    file, final, returned = decided(given)
    counted = tally(given, file, len(file.people), final, returned, DAYS)
    for day in (0, 5, DAYS - 1):
        right = error = harm = 0.0
        for i in np.nonzero(final == day)[0]:
            came, said = float(file.people.truth[i]), file.score[i]
            right += abs(said - came) <= max(0.1 * came, 1)
            error += abs(said - came) / max(came, 1)
            harm += 0.9 * (said - came) if said > came else 1.8 * (came - said)
        assert counted.decided[day] == 2 * (final == day).sum()
        assert counted.right[day] == 2 * right
        assert counted.error[day] == pytest.approx(2 * error)
        assert counted.harm_gbp[day] == pytest.approx(2 * harm)
        assert counted.benefit_gbp[day] == pytest.approx(2 * right * given.value.right_gbp)
    assert counted.eligible.sum() == 2 * ((final < DAYS).sum() + (returned < DAYS).sum())
    assert np.isnan(counted.satisfaction).all()


def test_harm_has_its_price_and_its_tolerance():
    triage, forecast = service_of("claims-triage"), service_of("staffing-forecast")
    truth = np.array([True, True, False, False])
    assert harm_gbp(triage, truth, np.array([1, 0, 1, 0]), np.zeros(4)).tolist() == [0, 110, 75, 0]
    came, said = np.array([100.0, 100, 100, 5]), np.array([110.0, 89, 100, 6])
    assert harm_gbp(forecast, came, np.ones(4), said) == pytest.approx([9, 19.8, 0, 0.9])
    assert within(forecast, came, said).tolist() == [True, False, True, True]


def test_a_forecast_is_acted_upon_as_far_as_can_be():
    """Nobody plans for fewer than none, nor for more than the 330 that an office can serve."""
    forecast, came = service_of("staffing-forecast"), np.array([100.0, 100, 100, 400])
    said = np.array([-5000.0, 5000, 330, 5000])
    assert harm_gbp(forecast, came, np.ones(4), said) == pytest.approx([180, 207, 207, 126])
    assert within(forecast, came, said).tolist() == [False] * 4
