"""The contract checker tells, before a run, what is wrong with a decision."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

import sim
from sim.contract import EXAMPLES, examples
from sim.decisions import POINTS
from sim.errors import DecisionError, PlaybookError


def everyone(batch):
    return pd.Series(True, index=batch.index)


class Counts:
    """Remembers how often it was asked, and answers by it."""

    def __init__(self):
        self.asked = 0

    def __call__(self, batch):
        self.asked += 1
        return pd.Series(self.asked % 2 == 1, index=batch.index)


class CountsAnew(Counts):
    def fresh(self):
        return CountsAnew()


GOOD = [
    ("validate", everyone),
    ("validate", lambda batch: (batch["rent_gbp"] < 3000) | batch["rent_gbp"].isna()),
    ("validate", CountsAnew()),
    ("repair", lambda batch: batch.fillna({"rent_gbp": 700.0})),
    ("watch_data", lambda profile: bool((profile["missing"] > profile["usual_missing"] + 0.1).any())),
    ("protect", lambda batch: batch.assign(case_id=batch["case_id"] + 0.5, age_years=40.0)),
    ("retain", sim.retention(90, 60)),
    ("watch_model", sim.monitor(lambda reference, recent: abs(recent["rent_gbp"].mean()), 1.0)),
    ("retrain", lambda signals: signals.alarms > 0),
    ("decide", lambda scores, cases: scores.ge(0.4).map({True: "approve", False: "refuse"})),
    ("scale", lambda load: load.peak),
    ("train", lambda examples, outcome: HistGradientBoostingClassifier(max_iter=5).fit(examples, outcome)),
    ("promote", lambda evidence: evidence.candidate_brier < evidence.champion_brier),
    ("roll_back", lambda evidence: evidence.complaints > 3 * evidence.complaints_before),
    ("tests", ("code",)),
    ("versioning", "models"),
    ("release", sim.canary(0.2, 7)),
    ("size", lambda usage: {}),
    ("watch_spend", lambda spend: len(spend) % 7 == 0),
    ("tag", lambda resource: {"owner": resource.requested_by}),
    (
        "allocate",
        lambda billing: (
            billing.groupby("ResourceId", dropna=False)["EffectiveCost"]
            .sum()
            .reset_index(name="cost_gbp")
            .assign(service="shared")
        ),
    ),
    ("forecast", lambda spend: spend.sum(axis=1).tail(6).quantile([0.1, 0.5, 0.9]) * 3),
    ("fund", lambda report: report.services["drawn_gbp"].clip(upper=report.available_gbp)),
]


@pytest.mark.parametrize(("point", "decision"), GOOD)
def test_a_good_decision_passes(point, decision):
    assert sim.check_decision(point, decision) is None


@pytest.mark.parametrize("playbook", ["naive", "typical", "reference"])
@pytest.mark.parametrize("point", POINTS)
def test_every_practice_keeps_the_contract(playbook, point):
    book = sim.Playbook() if playbook == "naive" else getattr(sim.practices, playbook)()
    assert sim.check_decision(point, getattr(book, point)) is None


def mutates(batch):
    batch["rent_gbp"] = batch["rent_gbp"].fillna(0)
    return pd.Series(True, index=batch.index)


def adds_a_column(batch):
    batch["total"] = batch["rent_gbp"] + batch["arrears_gbp"]
    return batch["total"].notna()


BAD = [
    ("validate", lambda batch: batch["rent"] > 0, ["KeyError: 'rent'", "at line", "in the batch of"]),
    ("validate", lambda batch: batch["rentgbp"] > 0, ["Did you mean 'rent_gbp'"]),
    ("validate", lambda batch: everyone(batch).iloc[1:], ["values for", "one for each row"]),
    ("validate", lambda batch: everyone(batch.set_index("case_id")), ["another index"]),
    ("validate", lambda batch: batch["rent_gbp"], ["float64", "Series of bool"]),
    ("validate", lambda batch: None, ["None (is a return missing?)"]),
    ("validate", lambda batch, more: None, ["TypeError", "'more'"]),
    ("validate", mutates, ["it changed the values of the DataFrame", "batch.copy()"]),
    ("validate", adds_a_column, ["it changed the columns of the DataFrame"]),
    ("validate", lambda b: pd.Series(np.random.default_rng().random(len(b)) < 0.5, b.index), ["two different answers"]),
    ("repair", lambda b: b + np.random.default_rng().random(b.shape), ["two different answers"]),
    ("watch_data", lambda profile: profile["missing"] > 0.5, ["a Series of 12 bool"]),
    ("watch_data", lambda profile: profile["mising"].max() > 0.5, ["Did you mean 'missing'"]),
    ("protect", lambda b: b.assign(case_id=1.0), ["only 1 names"]),
    ("protect", lambda b: b + np.random.default_rng().random(b.shape), ["two different answers"]),
    ("retrain", lambda signals: signals.drift, ["float", "True (retrain today) or False"]),
    ("watch_model", sim.monitor(lambda reference, recent: recent, 1.0), ["one number was expected"]),
    ("decide", lambda scores, cases: scores.gt(0.5), ["'approve', 'refer' or 'refuse'"]),
    ("train", lambda examples, outcome: RandomForestClassifier(5).fit(examples, outcome), ["random_state"]),
    ("train", lambda examples, outcome: LogisticRegression().fit(examples, outcome), ["contains NaN"]),
    ("train", lambda examples, outcome: LinearRegression().fit(examples.fillna(0), outcome), ["no predict_proba"]),
    ("promote", lambda evidence: evidence.candidate_brier, ["True (release the candidate) or False"]),
    ("roll_back", lambda evidence: evidence.alarm > 0, ["AttributeError"]),
    ("scale", lambda load: load.recent.max() / load.capacity, ["whole number of replicas"]),
    ("size", lambda usage: usage["size"], ["dict of resource to size"]),
    ("watch_spend", lambda spend: spend > 100, ["a Series of"]),
    ("tag", lambda resource: resource.requested_by, ["a dict of tags"]),
    ("tag", lambda resource: {"owner": resource.owner}, ["AttributeError"]),
    ("allocate", lambda billing: billing["EffectiveCost"].sum(), ["a DataFrame with the columns service and cost_gbp"]),
    (
        "allocate",
        lambda billing: pd.DataFrame(
            {"service": "shared", "cost_gbp": billing.groupby("ResourceId")["EffectiveCost"].sum()}
        ),
        ["on day 29", "dropna=False"],
    ),
    ("allocate", lambda billing: billing.assign(service="x", cost_gbp=billing["BilledCost"] * 2), ["adds up to"]),
    ("forecast", lambda spend: spend.sum(axis=1).iloc[-1], ["float64", "quantiles 0.1, 0.5 and 0.9"]),
    ("fund", lambda report: {"claims": 1.0}, ["Did you mean 'claims-triage'?"]),
]


@pytest.mark.parametrize(("point", "decision", "hints"), BAD)
def test_a_bad_decision_is_told_in_one_sentence_on_which_example(point, decision, hints, refused):
    message = refused(DecisionError, lambda: sim.check_decision(point, decision))
    assert message.startswith(point) and "on day " in message
    for hint in hints:
        assert hint in message


def test_a_memory_without_fresh_is_refused(refused):
    message = refused(DecisionError, lambda: sim.check_decision("validate", Counts()))
    assert "two different answers" in message and "fresh()" in message


def test_a_memory_that_leaks_through_fresh_is_refused(refused):
    class Leaks(Counts):
        def fresh(self):
            return self

    assert "two different answers" in refused(DecisionError, lambda: sim.check_decision("validate", Leaks()))


@pytest.mark.parametrize(
    ("point", "decision", "hint"),
    [
        ("validdate", everyone, "Did you mean 'validate'"),
        ("", everyone, "Allowed: adopt, allocate, catalogue"),
        ("tests", ("unit",), "There is no test suite named 'unit'"),
        ("release", "canary", "sim.canary(share, days)"),
        ("validate", 3, "validate is int 3"),
        ("validate", None, "validate is None"),
        ("validate", Counts, "put brackets after it"),
        ("watch_model", everyone, "sim.monitor(score_fn, threshold) was expected"),
        ("scale", 4, "scale is int 4"),
    ],
)
def test_what_is_no_decision_at_all(point, decision, hint, refused):
    assert hint in refused(PlaybookError, lambda: sim.check_decision(point, decision))


@pytest.mark.parametrize("point", [name for name, point in POINTS.items() if not point.chosen])
def test_examples_are_what_a_run_hands_out(point):
    shown = examples(point)
    assert 1 <= len(shown) <= EXAMPLES
    assert all("on day " in e.where for e in shown)
    names = set(POINTS[point].given)
    for example in shown:
        for given in example.given:
            if dataclasses.is_dataclass(given):
                assert {f.name for f in dataclasses.fields(given)} == names
            elif isinstance(given, pd.DataFrame) and not any(n.startswith("<") for n in names):
                assert set(given.columns) == names


def test_a_check_leaves_its_examples_as_they_were():
    before = [e.given[0].copy() for e in examples("validate")]
    with pytest.raises(DecisionError):
        sim.check_decision("validate", mutates)
    assert all(b.equals(e.given[0]) for b, e in zip(before, examples("validate"), strict=True))


def test_another_scenario_has_its_own_examples(small):
    shown = examples("validate", small(1, 30))
    assert max(len(e.given[0]) for e in shown) < 80 < len(examples("validate")[0].given[0])
