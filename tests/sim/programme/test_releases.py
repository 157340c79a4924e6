"""The life of a release: tested, promoted, tried on a few, taken back, mended; each by what really happens."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sim
from sim.models import serving
from sim.models.serving import CodeDefect

BAD = CodeDefect("scaled", 7, 100.0)
"""Earnings are read in pence: the model takes nearly everybody for well off."""

MONTHLY = sim.practices.retrain_on_schedule(days=40)


def lives(world, seed: int = 1, **decisions) -> tuple[sim.Run, sim.Programme]:
    """Play a whole programme with nothing to take up."""
    programme = sim.Programme(world, seed=seed, instant=True)
    book = sim.Playbook(retrain=MONTHLY).replace(**decisions)
    while not programme.done:
        programme.advance(book)
    return programme.run(), programme


def events(run: sim.Run, *kinds: str) -> list[tuple[str, str]]:
    mine = run.journal[run.journal["kind"].isin(kinds)]
    return list(zip(mine["kind"], mine["subject"], strict=True))


def day(run: sim.Run, kind: str, subject: str) -> float:
    mine = run.journal[(run.journal["kind"] == kind) & (run.journal["subject"] == subject)]
    return float(mine["day"].iloc[0])


def accuracy(run: sim.Run, first: float, last: float) -> float:
    here = run.daily[run.daily["day"].between(np.ceil(first), np.floor(last))]
    return float((here["accuracy"] * here["decided"]).sum() / here["decided"].sum())


@pytest.fixture
def bad(monkeypatch, quiet):
    """Return a world whose first change of code is bad, as given, and all others good."""

    def make(defect: CodeDefect | None = BAD, quarters: int = 1, fields: dict | None = None, **service):
        monkeypatch.setattr(
            "sim.programme.releases.drawn", lambda streams, name, change, *_: defect if change == 1 else None
        )
        return quiet(quarters, 150, {"record_share": 1.0} | (fields or {}), **service)

    return make


def caused_by(run: sim.Run, kind: str) -> list[str]:
    """Return the kinds of events that led to the first of a kind, back to the first cause."""
    journal = run.journal.set_index("event_id")
    row, chain = journal[journal["kind"] == kind].iloc[0], []
    while pd.notna(row["cause"]):
        row = journal.loc[int(row["cause"])]
        chain.append(row["kind"])
    return chain


class TestABadRelease:
    def test_scores_wrongly_from_its_release_until_people_complain_and_it_is_mended(self, bad):
        run, programme = lives(bad())
        released, mended = day(run, "released", "v1"), day(run, "hotfixed", "v1")
        assert accuracy(run, 0, released) > 0.75
        assert accuracy(run, released + 1, mended) < 0.6
        assert accuracy(run, mended + 1, run.days - 1) > 0.75
        assert caused_by(run, "hotfixed") == ["release found bad", "released", "trained", "retraining"]
        mine = run.decisions[(run.decisions["version"] == "v1") & (run.decisions["decided_day"] < mended)]
        version = programme.services[0].registry.versions[1]
        cases = run.cases.set_index("case_id").loc[mine["case_id"], list(programme.services[0].names)].to_numpy()
        assert mine["score"].to_numpy() == pytest.approx(version.fitted.score(BAD.read(cases)))

    def test_harms_nobody_when_the_defect_is_not_there(self, bad):
        run, _ = lives(bad(None))
        assert events(run, "hotfixed", "release found bad") == []
        assert accuracy(run, 0, run.days) > 0.75

    def test_leaves_the_training_store_as_it_was(self, bad):
        """What the next model learns from is the record, not what the serving code made of it."""
        run, programme = lives(bad(quarters=2))
        first, second = (v.reference[:, 7] for v in programme.services[0].registry.versions[1:3])
        assert np.nanmedian(second) == pytest.approx(np.nanmedian(first), rel=0.2)

    def test_is_found_by_whoever_answers_the_alarm(self, bad):
        monitor = sim.monitor(lambda a, b: abs(b["score"].mean() - a["score"].mean()), 0.15, every_days=7)
        run, _ = lives(bad(outcomes={"complaint_share": 0.0}), watch_model=monitor)
        assert caused_by(run, "hotfixed")[:3] == ["release found bad", "alarm answered", "alarm"]
        answered = run.journal[run.journal["kind"] == "alarm answered"]
        assert answered["detail"].iloc[0] == "a fault in the code"

    def test_ends_with_the_next_release_if_nobody_finds_it(self, bad):
        run, _ = lives(bad(quarters=2, outcomes={"complaint_share": 0.0}))
        assert events(run, "hotfixed", "rolled back") == []
        assert accuracy(run, day(run, "released", "v1") + 1, day(run, "released", "v2")) < 0.6
        assert accuracy(run, day(run, "released", "v2") + 1, run.days) > 0.75

    def test_comes_by_the_same_luck_whatever_is_decided(self, quiet):
        world = quiet(2, 60, training={"bug_share": 0.6})
        books = ({}, {"retrain": sim.practices.retrain_on_schedule(60)}, {"promote": lambda evidence: False})
        for decisions in books:
            _, programme = lives(world, 3, **decisions)
            releases, service = programme.services[0].releases, programme.services[0].given
            luck = [serving.drawn(programme.streams, service.name, n, 0.6, 0.35, 12) for n in range(1, 9)]
            assert releases.changes >= 1
            later = [v for v in programme.services[0].registry.versions if v.reason == "retrained"]
            for version, drawn in zip(later, luck, strict=False):
                assert version.defect == drawn or version.defect is None


class TestTests:
    def test_of_code_stop_a_bad_release_and_mend_it_before_anybody_meets_it(self, bad):
        run, _ = lives(bad(), tests=("code",))
        assert events(run, "code test", "release stopped", "code mended", "released", "hotfixed") == [
            ("released", "v0"), ("code test", "v1"), ("release stopped", "v1"), ("code mended", "v1"),
            ("released", "v1"),
        ]  # fmt: skip
        assert accuracy(run, 0, run.days) > 0.75
        late = day(run, "released", "v1") - day(run, "trained", "v1")
        assert late > 7 + 2
        work = run.people.groupby("kind")["hours"].sum()
        assert work["code test"] == 2.0 and work["look into a failed test"] == 12.0

    def test_of_code_do_not_see_what_shows_in_production_alone(self, bad):
        run, _ = lives(bad(replace(BAD, hidden=True)), tests=("code",))
        assert ("release stopped", "v1") not in events(run, "release stopped")
        assert accuracy(run, day(run, "released", "v1") + 1, day(run, "hotfixed", "v1")) < 0.6

    def test_of_data_stop_what_was_trained_on_an_incident(self, quiet, scenario):
        pence = next(i for i in scenario.services[0].incidents if i.name == "pence-for-pounds").model_dump()
        lasting = pence | {"per_year": 0.0, "on_days": [2.0], "ends_after_days": 60.0}
        silent = {"complaint_share": 0.0, "median_days": 5.0}
        world = quiet(1, 150, incidents=[lasting], outcomes=silent, training={"bug_share": 0.0, "window_days": 45})
        naive, _ = lives(world)
        tested, _ = lives(world, tests=("data",))
        assert ("released", "v1") in events(naive, "released")
        assert ("released", "v1") not in events(tested, "released")
        said = tested.journal[tested.journal["kind"] == "release stopped"]["detail"].iloc[0]
        assert said.startswith("data: ") and "out of range" in said
        assert tested.models.loc[1, "released_day"] != tested.models.loc[1, "released_day"]

    def test_take_computing(self, bad):
        def trained(run):
            mine = run.billing[run.billing["ResourceName"] == "triage-training"]
            return mine["BilledCost"].sum()

        world = bad(None)
        assert trained(lives(world, tests="all")[0]) >= trained(lives(world)[0])
        hours = [lives(world, tests=t)[0].people.query("team == 'ml'")["hours"].sum() for t in ((), "all")]
        assert hours[1] == hours[0] + 4 * 2


class TestPromotion:
    def test_is_asked_of_each_candidate_and_its_no_is_final(self, bad):
        seen = []

        def never(evidence):
            seen.append(evidence)
            return False

        run, programme = lives(bad(None, quarters=2), promote=never)
        assert 2 <= len(seen) <= 4 and events(run, "released") == [("released", "v0")]
        assert events(run, "not promoted") == [("not promoted", f"v{n + 1}") for n in range(len(seen))]
        assert set(run.decisions["version"]) == {"v0"}
        newer = programme.services[0].registry.versions[1]
        assert seen[0].candidate_rows == newer.fitted.rows

    def test_measures_both_on_rows_that_neither_was_trained_on(self, bad):
        seen = []
        _, programme = lives(bad(None), promote=lambda evidence: seen.append(evidence) or True)
        champion, candidate = programme.services[0].registry.versions[:2]
        x, y, _, decided = candidate.newest
        fresh = decided > champion.trained_day
        x, y = (x[fresh], y[fresh]) if fresh.sum() >= 200 else (x, y)
        for version, brier in ((candidate, seen[0].candidate_brier), (champion, seen[0].champion_brier)):
            assert brier == pytest.approx(np.mean((version.fitted.score(x) - y) ** 2))
        assert seen[0].rows == len(y)


class TestTrials:
    def test_a_canary_lets_few_meet_a_bad_release(self, bad):
        run, programme = lives(bad(), release=sim.canary(0.1, 14))
        began, stopped = day(run, "canary began", "v1"), day(run, "canary stopped", "v1")
        assert stopped - began == pytest.approx(14)
        days = run.decisions[run.decisions["day"].between(np.ceil(began), stopped - 2)]
        share, n = (days["version"] == "v1").mean(), len(days)
        assert abs(share - 0.1) < 4.5 * np.sqrt(0.09 / n)
        mine, others = (days[(days["version"] == "v1") == new]["score"].mean() for new in (True, False))
        assert mine < others - 0.2
        assert caused_by(run, "code mended") == ["canary stopped", "canary began", "trained", "retraining"]
        after = day(run, "released", "v1")
        assert accuracy(run, after + 1, run.days) > 0.75

    def test_a_shadow_decides_nothing(self, bad):
        run, _ = lives(bad(), release=sim.shadow(10))
        plain, _ = lives(bad(), retrain=lambda signals: False)
        stopped = day(run, "shadow stopped", "v1")
        before = run.decisions["decided_day"] < day(run, "released", "v1")
        assert set(run.decisions.loc[before, "version"]) == {"v0"}
        mine, theirs = (r.decisions[r.decisions["day"] < int(stopped)] for r in (run, plain))
        assert mine["score"].equals(theirs["score"])

    def test_a_good_candidate_passes(self, bad):
        run, _ = lives(bad(None), release=sim.canary(0.2, 7))
        assert events(run, "canary began", "canary passed", "canary stopped", "released") == [
            ("released", "v0"), ("canary began", "v1"), ("canary passed", "v1"), ("released", "v1")
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("way", "machines"), [(sim.canary(0.1, 10), 1), (sim.shadow(10), 4), (sim.blue_green(10), 4)]
    )
    def test_each_costs_its_machines_for_its_days(self, bad, way, machines):
        def hours(run):
            return run.billing[run.billing["ResourceName"] == "triage-serving"].set_index("x_Day")["ConsumedQuantity"]

        dear, cheap = (hours(lives(bad(None), release=w)[0]) for w in (way, "big bang"))
        more = (dear - cheap).round(6)
        assert sorted(set(more)) == [0.0, 24.0 * machines]
        assert (more > 0).sum() == 10

    def test_chance_is_drawn_from_a_stream_of_the_canarys_own(self, bad):
        one, two = (lives(bad(None), release=way)[0] for way in (sim.canary(0.3, 7), sim.canary(0.6, 7)))
        mine = [set(r.decisions.loc[r.decisions["version"] == "v1", "case_id"]) for r in (one, two)]
        began = day(one, "canary began", "v1")
        few, many = ({c for c in m if c // 10**6 < began + 6} for m in mine)
        assert few < many


class TestRollingBack:
    rule = sim.practices.roll_back_on_shift()

    @pytest.mark.parametrize(
        ("decisions", "least", "most", "work"),
        [
            ({"versioning": "models"}, 0.3, 4.0, "roll back"),
            ({"versioning": "none"}, 5.0, 40.0, "rebuild"),
            ({"release": sim.blue_green(14)}, 0.0, 0.0, None),
        ],
    )
    def test_is_as_quick_as_the_version_before_can_be_had(self, bad, decisions, least, most, work):
        run, _ = lives(bad(), roll_back=self.rule, **decisions)
        took = day(run, "rolled back", "v1") - day(run, "roll-back began", "v1")
        assert least <= took <= most + 1e-9
        assert {"roll back", "rebuild"} & set(run.people["kind"]) == ({work} if work else set())
        assert caused_by(run, "rolled back")[:2] == ["roll-back began", "released"]

    def test_brings_the_version_before_back_and_the_release_once_mended(self, bad):
        run, programme = lives(bad(), roll_back=self.rule, versioning="models")
        rolled, again = day(run, "rolled back", "v1"), run.journal[run.journal["kind"] == "released"]
        assert list(again["subject"]) == ["v0", "v1", "v1"]
        between = run.decisions["decided_day"].between(rolled + 0.01, again["day"].iloc[2] - 0.01)
        assert set(run.decisions.loc[between, "version"]) == {"v0"}
        assert accuracy(run, rolled + 1, run.days) > 0.75
        assert programme.services[0].registry.champion.number == 1
        models = run.models.set_index("version")
        assert models.loc["v1", "released_day"] == again["day"].iloc[1] and models.loc["v0", "released_day"] == 0
        assert models.loc["v0", "retired_day"] == again["day"].iloc[2] and np.isnan(models.loc["v1", "retired_day"])

    def test_takes_the_bad_version_from_a_trial_that_is_going_on(self, bad):
        run, _ = lives(
            bad(quarters=2),
            retrain=sim.practices.retrain_on_schedule(days=21),
            versioning="models",
            release=sim.canary(0.05, 20, tolerance=1.0),
            roll_back=lambda evidence: evidence.days_since_release > 20,
        )
        rolled = run.journal[run.journal["kind"] == "rolled back"].iloc[0]
        going_on = run.journal[run.journal["kind"].isin(["canary began", "canary passed"])]
        before = going_on[going_on["day"] < rolled["day"]].iloc[-1]
        after = going_on[going_on["day"] > rolled["day"]].iloc[0]
        assert (before["kind"], after["kind"]) == ("canary began", "canary passed")
        during = run.decisions["decided_day"].between(rolled["day"] + 0.01, after["day"] - 0.01)
        assert rolled["subject"] not in set(run.decisions.loc[during, "version"])

    def test_rebuilds_from_what_is_known_now_and_with_the_old_code(self, bad):
        run, programme = lives(bad(quarters=2), roll_back=self.rule)
        rebuilt = next(v for v in programme.services[0].registry.versions if v.reason == "rebuilt")
        assert rebuilt.defect is None and rebuilt.trained_day > day(run, "roll-back began", "v1")
        assert run.models.set_index("version").loc[f"v{rebuilt.number}", "reason"] == "rebuilt"

    def test_is_asked_for_four_weeks_and_no_longer(self, bad):
        seen = []
        run, _ = lives(bad(None), roll_back=lambda evidence: bool(seen.append(evidence)))
        since = [e.days_since_release for e in seen]
        assert len(seen) == 28 and 0 < min(since) and max(since) <= 28
        assert seen[0].cases_before > 0 and all(e.cases >= b.cases for b, e in zip(seen, seen[1:], strict=False))

    def test_a_version_that_was_never_kept_is_kept_once_it_is_decided(self, bad):
        _, programme = lives(bad(None), versioning="models and data")
        versions = programme.services[0].registry.versions
        assert all(v.kept and v.kept_data for v in versions)


def test_snapshots_take_room_in_the_store(bad):
    def held(run):
        return run.billing[run.billing["ResourceName"] == "claims-store"].groupby("x_Day")["ConsumedQuantity"].sum()

    world = bad(None)
    (run, programme), (plain, _) = (lives(world, versioning=v) for v in ("models and data", "models"))
    more = held(run) - held(plain)
    rows = sum(v.fitted.rows for v in programme.services[0].registry.versions)
    assert more.iloc[0] == pytest.approx(0, abs=1e-6)
    assert more.iloc[-1] == pytest.approx(rows * 0.012, rel=1e-6)


def test_a_training_is_charged_for_what_it_took(quiet, scenario):
    """On a machine where jobs do not take turns, the day's hours are as many as the training needs."""

    def trained(run):
        return run.billing[run.billing["ResourceName"] == "triage-training"].set_index("x_Day")["ConsumedQuantity"]

    def searched(examples, outcome):
        model = sim.models.learning.default_train(examples, outcome, "classification")
        model.row_fits_ = 100 * len(examples)
        return model

    estate = [r.model_dump() | {"takes_turns": r.service == "shared"} for r in scenario.estate]
    world = quiet(1, 60, {"estate": estate}, training={"bug_share": 0.0, "machine_hours": 48.0})
    plain, dear = (lives(world, **more)[0] for more in ({}, {"train": searched}))
    assert (plain.models["brier"] == dear.models["brier"]).all()
    more = trained(dear) - trained(plain)
    when = int(plain.models["trained_day"].iloc[1])
    assert set(more.index[more > 0]) == {when}
    assert more[when] == pytest.approx(100 * 48 / 8 - 24)


def test_a_forecast_lives_the_same_life():
    world = sim.load_scenario("household-support").only("staffing-forecast").replace(quarters=1)
    seen = []
    run, programme = lives(
        world,
        retrain=sim.practices.retrain_on_schedule(days=21),
        train=sim.practices.train_on_logarithms(),
        tests="all",
        versioning="models and data",
        release=sim.canary(0.3, 7, tolerance=1.0),
        promote=lambda evidence: seen.append(evidence) or True,
        roll_back=lambda evidence: bool(seen.append(evidence)),
    )
    promoted, followed = seen[0], seen[-1]
    assert promoted.candidate_mape > 0 and promoted.champion_mape > 0 and np.isnan(promoted.candidate_brier)
    assert 0 <= promoted.candidate_gap <= 1
    assert followed.mean_score > 0 and np.isnan(followed.approve_rate)
    assert set(run.decisions["version"]) >= {"v0", "v1"}
    assert (run.models["mape"] > 0).all() and run.models["brier"].isna().all()


def test_whoever_acts_upon_a_forecast_complains_of_a_bad_release(monkeypatch):
    """Calls of last week in another unit make a forecast of many times what comes; it does not stay for months."""
    tens = CodeDefect("scaled", 0, 10.0)
    monkeypatch.setattr("sim.programme.releases.drawn", lambda streams, name, change, *_: tens if change == 1 else None)
    world = sim.load_scenario("household-support").only("staffing-forecast").replace(quarters=2)
    found = []
    for share in (0.2, 0.0):
        service = world.services[0].model_dump() | {"incidents": [], "drifts": []}
        service["outcomes"] |= {"complaint_share": share}
        run, _ = lives(world.replace(services=[service]), retrain=sim.practices.retrain_on_schedule(days=21))
        found.append("v1" in set(run.journal.loc[run.journal["kind"] == "release found bad", "subject"]))
        if share:
            released, mended = day(run, "released", "v1"), day(run, "hotfixed", "v1")
            mape = run.daily.set_index("day")["mape"]
            assert released < mended < released + 20
            assert mape[int(released) + 2 : int(mended) - 1].mean() > 1 > mape[int(mended) + 2 :].max()
    assert found == [True, False]
