"""Nothing handed to a decision is hindsight."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

import sim
from sim.programme import Programme

BOOK = sim.Playbook(
    validate=sim.practices.validation_gate(),
    repair=sim.practices.repair_batch(),
    watch_data=lambda profile: False,
    protect=lambda batch: batch.drop(columns="arrived_day"),
    watch_model=sim.practices.drift_monitor(every_days=7),
    retrain=sim.practices.retrain_on_schedule(days=40),
    decide=sim.practices.refer_uncertain(),
    train=sim.practices.train_on_logarithms(),
    promote=lambda evidence: True,
    roll_back=lambda evidence: False,
    scale=sim.practices.scale_to_load(),
    size=sim.practices.right_size(),
    watch_spend=sim.practices.spend_alert(),
    forecast=sim.practices.rolling_forecast(),
    fund=sim.practices.fund_by_marginal_value(),
    commit=sim.practices.commit_to_floor(),
    place=sim.practices.place_on_spot_at_night(),
    tag=sim.practices.tag_by_owner(),
    allocate=sim.practices.allocate_by_tags(),
)


class Overheard(Programme):
    """A programme that keeps a copy of what its decisions are given."""

    def __init__(self, *args, **options):
        self.heard = []
        super().__init__(*args, **options)

    def ask(self, point, decision, given, where):
        self.heard.append((point, self.env.now, pickle.loads(pickle.dumps(given))))
        return super().ask(point, decision, given, where)


def listen(world, book=BOOK, seed=1) -> Overheard:
    programme = Overheard(world, seed=seed, instant=True)
    while not programme.done:
        programme.advance(book)
    return programme


@pytest.fixture(scope="module")
def heard(quiet):
    return listen(quiet(2, 100, {"record_share": 1.0}))


def given(programme, point):
    return [(now, *what) for name, now, what in programme.heard if name == point]


def test_every_point_is_asked(heard):
    assert {point for point, *_ in heard.heard} == {n for n, p in sim.decisions.POINTS.items() if not p.chosen}


def test_a_batch_holds_what_the_record_says_and_nothing_else(heard):
    features = list(heard.scenario.services[0].feature_names)
    for point in ("validate", "repair"):
        for _, batch in given(heard, point):
            assert list(batch.columns) == ["case_id", "arrived_day", *features]
    for now, scores, cases in given(heard, "decide"):
        assert list(cases.columns) == features and scores.name == "score"
        assert list(cases.index) == list(range(len(cases)))
        assert now == pytest.approx(int(now) + 0.999)


def test_a_monitor_sees_outcomes_only_once_known(heard):
    known = heard.run().decisions["known_day"].dropna().to_numpy()
    for now, reference, recent in given(heard, "watch_model"):
        for frame in (reference, recent):
            assert set(frame.columns) == {
                *heard.scenario.services[0].feature_names, "score", "group", "outcome", "decided_day"
            }  # fmt: skip
        assert reference["outcome"].notna().all()
        assert recent["decided_day"].max() <= now + 1e-4
        assert recent["outcome"].notna().sum() <= (known <= now + 1e-3).sum()
        assert recent["outcome"].isna().any()


def test_arrivals_lie_in_the_past(heard):
    for point in ("validate", "repair"):
        for now, batch in given(heard, point):
            assert batch["arrived_day"].max() <= int(now) + 1


def test_the_load_of_tonight_is_not_known_beforehand(heard):
    for now, load in given(heard, "scale"):
        assert load.day == int(now)
        assert list(load.recent.index) == list(range(max(load.day - 28, 0), load.day))


def test_decisions_are_asked_the_same_whatever_the_truth_while_no_outcome_is_known(quiet):
    """A rule changes who is eligible on the first day; until an outcome is known nobody can tell."""
    rule = {
        "name": "rule", "target": "concept", "shape": "sudden", "begins_day": 0.0,
        "effects": {"rent_gbp": -2.0, "savings_gbp": 2.0}, "intercept": -1.0,
    }  # fmt: skip
    late = {"median_days": 365.0, "spread": 0.0}
    worlds = [quiet(2, 100, outcomes=late, drifts=drifts) for drifts in ([], [rule])]
    # What people decide in reviews is known when they decide it, and the split of money is told of that.
    book = BOOK.replace(retrain=lambda signals: False, fund=sim.Playbook().fund)
    one, two = (listen(world, book) for world in worlds)
    changed = one.services[0].people.truth != two.services[0].people.truth
    assert changed.mean() > 0.1
    assert len(one.heard) == len(two.heard) > 500
    for (point, now, mine), (same, then, theirs) in zip(one.heard, two.heard, strict=True):
        assert (point, now) == (same, then)
        assert pickle.dumps(mine) == pickle.dumps(theirs), (point, now)
    for signals in (s for p in (one, two) for _, s in given(p, "retrain")):
        assert np.isnan(signals.accuracy_known) and signals.outcomes_known == 0


def test_signals_are_the_runs_own_records(heard):
    daily = heard.run().daily.set_index("day")
    for now, signals in given(heard, "retrain"):
        wanted = daily.loc[signals.day, "accuracy_known"]
        assert signals.accuracy_known == pytest.approx(wanted, nan_ok=True)
        assert signals.day == int(now)
        assert signals.days_since_training >= 0 and 0 <= signals.outcomes_known
    spend = [(s.day, s.spend_gbp) for _, s in given(heard, "retrain")]
    bill = heard.run().billing.groupby("x_Day")["BilledCost"].sum().cumsum()
    day, spent = spend[-1]
    assert spent == pytest.approx(bill[day - 1])


def test_examples_are_known_cases_oldest_first(heard):
    service = heard.services[0]
    asked = [(now, *what) for now, *what in given(heard, "train")]
    assert len(asked) >= 2
    for now, examples, outcome in asked:
        assert list(examples.columns) == list(service.given.feature_names) and set(outcome.unique()) <= {0, 1}
        known, pilot = service.file.known(now - 200, now), int((service.pilot.day >= now - 200).sum())
        total = pilot + len(known)
        given_rows = min(total, 12_000)
        assert len(examples) == given_rows - given_rows // 5
        if total <= 12_000:
            places = np.nonzero(np.arange(total) % 5 != 4)[0]
            mine = known[places[places >= pilot] - pilot]
            assert np.array_equal(examples.to_numpy()[-len(mine) :], service.file.features[mine], equal_nan=True)
            assert (outcome.to_numpy()[-len(mine) :] == service.people.truth[mine]).all()


def test_evidence_rests_on_outcomes_that_are_known_and_were_kept_apart(heard):
    asked = given(heard, "promote")
    assert len(asked) >= 2
    for now, evidence in asked:
        version = next(v for v in reversed(heard.services[0].registry.versions) if v.trained_day <= now)
        assert evidence.day == int(now) and evidence.candidate_rows == version.fitted.rows
        assert 200 <= evidence.rows <= len(version.newest[1]) <= version.fitted.rows // 5
        assert version.newest[3].max() <= now
        assert evidence.spend_gbp <= heard.spent_gbp


def test_an_aftermath_is_the_runs_own_records(heard):
    file, versions = heard.services[0].file, heard.services[0].registry.versions
    asked = given(heard, "roll_back")
    assert len(asked) > 28
    for now, seen in asked[5::10]:
        released = now - seen.days_since_release
        number = next(v.number for v in versions if v.released_day == pytest.approx(released))
        since = (file.version == number) & (file.delivered_day <= now)
        before = (file.delivered_day > released - 28) & (file.delivered_day <= released)
        assert seen.cases == since.sum() > 0 and seen.cases_before == before.sum()
        assert seen.mean_score == pytest.approx(file.score[since].mean())
        assert seen.mean_score_before == pytest.approx(file.score[before].mean())
        assert seen.approve_rate == pytest.approx((file.choice[since] == 1).mean())
        assert seen.refer_rate_before == pytest.approx((file.choice[before] == 2).mean())
        assert seen.score_shift == pytest.approx(ks_2samp(file.score[since], file.score[before]).statistic)


def test_money_is_told_as_far_as_it_has_been_spent(heard):
    asked = given(heard, "forecast")
    assert [int(now) for now, _ in asked] == [90, 182]
    for (_, spend), months in zip(asked, (3, 6), strict=True):
        assert spend.index[-1] == months - 1
    for now, report in given(heard, "fund"):
        assert report.quarter == (2 if now < 91 else 3)
        assert list(report.services) == list(sim.decisions.fund.USE)


def test_what_reviews_are_said_to_be_worth_is_what_people_decided_and_not_the_truth(quiet):
    """Reviewers who are always wrong look worth as much to the department as they change."""
    bad, good = (listen(quiet(1, 100, review={"right_share": share})) for share in (0.5, 1.0))
    (_, said), (_, sound) = (given(p, "fund")[0] for p in (bad, good))
    assert said.services["changed"].item() > sound.services["changed"].item()
    assert said.services["worth_gbp"].item() > sound.services["worth_gbp"].item()


def test_the_bill_is_shown_as_far_as_it_has_come(heard):
    for now, spend in given(heard, "watch_spend"):
        assert isinstance(spend, pd.Series) and len(spend) == int(now) + 1
