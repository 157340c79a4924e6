"""Who comes, what is true of them, and what their records say: the world's alone, against theory."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.data import quality
from sim.streams import Streams
from sim.world.population import populate, rules, value_of, volumes

ERRORS = 4.5
"""Standard errors allowed: about one false alarm in 150,000 comparisons."""


def near(count: float, n: float, p: float) -> bool:
    """Say whether a count is within so many standard errors of a binomial's mean."""
    return abs(count - n * p) <= ERRORS * np.sqrt(n * p * (1 - p)) + 1e-9


def cases(people) -> dict[int, tuple]:
    """Return everything about each case, by its number."""
    columns = [getattr(people, f.name) for f in dataclasses.fields(people) if f.name not in ("first_day", "offset")]
    arrays = [c for c in columns if not isinstance(c, dict)] + list(people.u.values())
    return {i: tuple(a[k].tobytes() for a in arrays) for k, i in enumerate(people.case_id.tolist())}


def only(service, **rates):
    """Return the service with some defects and no other."""
    none = dict.fromkeys(("completeness", "accuracy", "validity", "consistency", "uniqueness", "timeliness"), 0.0)
    return service.model_copy(update={"defects": service.defects.model_copy(update=none | rates)})


@pytest.fixture(scope="module")
def service(scenario):
    return scenario.services[0]


@pytest.fixture(scope="module")
def calm(quiet):
    return quiet(cases=1000).services[0]


@pytest.fixture(scope="module")
def people(service):
    return populate(service, Streams(11), 0, 70)


@pytest.fixture(scope="module")
def many(calm):
    return populate(calm, Streams(2), 0, 60)


class TestOneMoreCase:
    @pytest.mark.parametrize("extra", [1, 7])
    def test_changes_no_other(self, service, people, extra):
        before, after = cases(people), cases(populate(service, Streams(11), 0, 70, extra=extra))
        assert len(after) == len(before) + 70 * extra
        assert {i: after[i] for i in before} == before

    def test_comes_after_the_days_usual_ones(self, service, people):
        more = populate(service, Streams(11), 0, 70, extra=1)
        new = sorted(set(more.case_id.tolist()) - set(people.case_id.tolist()))
        usual = np.diff(people.offset)
        assert new == [day * 1_000_000 + int(usual[day]) for day in range(70)]


def test_a_longer_horizon_changes_no_earlier_case(service, people):
    longer = cases(populate(service, Streams(11), 0, 150))
    assert {i: longer[i] for i in cases(people)} == cases(people)


def test_the_pilot_and_another_seed_are_other_people(service, people):
    for other in (populate(service, Streams(12), 0, 70), populate(service, Streams(11), 0, 70, "pilot")):
        n = min(len(other), len(people))
        assert (other.clean[:n] != people.clean[:n]).mean() > 0.5


def test_cases_are_numbered_and_found_by_day(people):
    assert len(people) == people.offset[-1] == len(people.case_id) == len(np.unique(people.case_id))
    assert (np.diff(people.day) >= 0).all()
    assert (np.floor(people.arrived) == people.day).all()
    for day in (0, 31, 32, 69):
        assert (people.day[people.of_day(day)] == day).all()
        assert people.of_day(day).stop - people.of_day(day).start == (people.day == day).sum()
    rows = np.array([3, 900, 5000])
    assert (people.case_id_of(rows) == people.case_id[rows]).all()


class TestVolumes:
    def test_their_mean_and_variance_are_a_poisson_counts(self, calm):
        n = 20_000
        count = volumes(calm.model_copy(update={"cases_per_day": 400.0}), Streams(1), np.arange(n), "volume")
        assert abs(count.mean() - 400) < ERRORS * 20 / np.sqrt(n)
        assert abs(count.var() - 400) < ERRORS * 400 * np.sqrt(2 / n)

    def test_winter_is_busier(self, service):
        days = np.arange(366)
        count = np.mean([volumes(service, Streams(s), days, "v") for s in range(300)], axis=0)
        peak = 400 * (1 + 0.12)
        assert abs(count[289 - 5 : 289 + 6].mean() - peak) < ERRORS * np.sqrt(peak / 3300) + 0.2
        trough = (289 + 183) % 365
        assert abs(count[trough - 5 : trough + 6].mean() - 400 * 0.88) < ERRORS * np.sqrt(352 / 3300) + 0.3

    def test_there_are_never_fewer_than_none(self, calm):
        count = volumes(calm.model_copy(update={"cases_per_day": 1.0}), Streams(1), np.arange(5000), "v")
        assert count.min() == 0


class TestAgainstTheory:
    def test_group_shares(self, calm, many):
        for k, group in enumerate(calm.groups):
            assert near((many.group == k).sum(), len(many), group.share)

    def test_outcome_lags_are_lognormal(self, calm, many):
        z = np.log(many.lag / calm.outcomes.median_days) / calm.outcomes.spread
        n = len(z)
        assert abs(z.mean()) < ERRORS / np.sqrt(n)
        assert abs(z.std() - 1) < ERRORS / np.sqrt(2 * n)
        assert stats.kstest(z, "norm").pvalue > 1e-5

    def test_kept_variates_are_uniform_and_unrelated(self, many):
        u = np.stack([many.u[name] for name in ("audit", "review", "complaint", "record", "incident")])
        n = u.shape[1]
        assert u.min() >= 0 and u.max() < 1
        assert np.abs(u.mean(axis=1) - 0.5).max() < ERRORS * np.sqrt(1 / 12 / n)
        assert np.abs(np.corrcoef(u)[np.triu_indices(5, 1)]).max() < ERRORS / np.sqrt(n)

    def test_values_have_the_centre_that_the_scenario_gives(self, calm, many):
        mine = many.clean[many.group == 0]
        for j, feature in enumerate(calm.features):
            x, n = mine[:, j], len(mine)
            if feature.kind == "flag":
                assert near(x.sum(), n, feature.centre)
            elif feature.kind == "money":
                assert near((x > feature.centre).sum() + (x == feature.centre).sum() / 2, n, 0.5)

    def test_values_are_whole_and_valid_and_consistent(self, calm, many):
        low, high = (np.array([getattr(f, e) for f in calm.features]) for e in ("low", "high"))
        assert (many.clean == np.rint(many.clean)).all()
        assert (many.clean >= low).all() and (many.clean <= high).all()
        for lesser, greater in rules(calm):
            assert (many.clean[:, lesser] < many.clean[:, greater]).all()

    def test_the_truth_is_as_likely_as_its_log_odds_say(self, calm):
        """With one weight alone the log-odds are known from the record: a calibration by decile."""
        features = [
            f.model_dump() | {"weight": 1.5 if f.name == "rent_gbp" else 0.0, "bend": 0.0} for f in calm.features
        ]
        plain = type(calm).model_validate(calm.model_dump() | {"features": features})
        seen = populate(plain, Streams(4), 0, 40)
        j = plain.feature_names.index("rent_gbp")
        rent, given = seen.clean[:, j].astype(float), plain.features[j]
        z = np.log(rent / given.centre) / given.spread
        inside = (rent > given.low + 1) & (rent < given.high - 1)
        p = 1 / (1 + np.exp(-(plain.intercept + 1.5 * z) / plain.noise))
        for part in np.array_split(np.argsort(p[inside]), 10):
            mine, expected = seen.truth[inside][part], p[inside][part]
            assert abs(mine.sum() - expected.sum()) < ERRORS * np.sqrt((expected * (1 - expected)).sum()) + 1


class TestDefects:
    def of(self, service, **rates):
        mine = only(service, **rates)
        seen = populate(mine, Streams(5), 0, 40)
        ratio = np.array([g.defect_ratio for g in mine.groups])
        low, high = (np.array([getattr(f, e) for f in mine.features]) for e in ("low", "high"))
        failed = quality.failures(seen.record, seen.clean.astype(float), low, high, rules(mine))
        return mine, seen, ratio, failed

    def by_group(self, seen, fails, rate, ratio):
        return all(near(fails[seen.group == g].sum(), (seen.group == g).sum(), rate * r) for g, r in enumerate(ratio))

    def test_without_any_the_record_is_the_truth(self, calm):
        _, seen, _, failed = self.of(calm)
        assert (seen.record == seen.clean).all()
        assert not any(f.any() for f in failed.values())
        assert not seen.late.any() and not seen.twice.any()

    @pytest.mark.parametrize("dimension", ["completeness", "validity", "consistency"])
    def test_each_dimension_fails_at_its_rate_and_more_for_some(self, calm, dimension):
        _, seen, ratio, failed = self.of(calm, **{dimension: 0.1})
        assert self.by_group(seen, failed[dimension].any(axis=1), 0.1, ratio)
        assert failed[dimension].sum(axis=1).max() == 1
        for other in {"completeness", "validity"} - {dimension}:
            assert not failed[other].any()

    def test_an_inaccurate_value_is_plausible_and_another_persons(self, calm):
        mine, seen, ratio, failed = self.of(calm, accuracy=0.3)
        assert not failed["validity"].any() and not failed["completeness"].any()
        differs = seen.record != seen.clean
        assert differs.sum(axis=1).max() == 1
        j = mine.feature_names.index("months_at_address")
        rate = 0.3 * ratio @ [g.share for g in mine.groups] / 12
        same = 1 / 70
        assert rate * (1 - 2 * same) * len(seen) - 150 < differs[:, j].sum() < rate * len(seen) + 150

    def test_fields_are_struck_evenly(self, calm):
        _, _, _, failed = self.of(calm, completeness=0.3)
        by_field = failed["completeness"].sum(axis=0)
        assert stats.chisquare(by_field).pvalue > 1e-5

    def test_duplicates_and_lateness(self, calm):
        mine, seen, ratio, _ = self.of(calm, uniqueness=0.08, timeliness=0.12)
        assert self.by_group(seen, seen.twice, 0.08, ratio)
        assert self.by_group(seen, seen.late > 0, 0.12, ratio)
        days = np.bincount(seen.late)[1:]
        assert len(days) == mine.defects.late_days and stats.chisquare(days).pvalue > 1e-5
        assert abs(np.corrcoef(seen.twice, seen.late > 0)[0, 1]) < ERRORS / np.sqrt(len(seen))

    def test_one_defect_does_not_move_another(self, calm):
        alone, together = self.of(calm, completeness=0.1)[1], self.of(calm, completeness=0.1, validity=0.2)[1]
        assert (np.isnan(alone.record) == np.isnan(together.record)).all()
        assert (alone.clean == together.clean).all() and (alone.truth == together.truth).all()


@pytest.mark.parametrize(("z", "value"), [(0.0, 720), (1.0, 1022), (-30.0, 0), (30.0, 3000)])
def test_money_is_lognormal_within_its_range(service, z, value):
    rent = service.features[service.feature_names.index("rent_gbp")]
    assert value_of(rent, np.array([z])) == pytest.approx([value])
