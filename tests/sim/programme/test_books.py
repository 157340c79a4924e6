"""Whatever a team decides, money and records are accounted for: fifty random playbooks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

import sim
from tests.accounting import accounted


def every_nth(n: int):
    return lambda batch: batch["case_id"] % n != 0


def below(limit: float):
    return lambda batch: ~(batch["rent_gbp"] > limit)


def nobody(batch: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=batch.index)


def filled(value: float):
    return lambda batch: batch.fillna(value)


def moved(column: str):
    return lambda reference, recent: float(abs(recent[column].mean() - reference[column].mean()))


def after(days: float, alarms: int):
    return lambda signals: signals.days_since_training > days or signals.alarms > alarms


def between(low: float, width: float):
    def decide(scores: pd.Series, cases: pd.DataFrame) -> np.ndarray:
        return np.select([scores < low, scores < low + width], ["refuse", "refer"], "approve")

    return decide


def stump(examples: pd.DataFrame, outcome: pd.Series) -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=2, random_state=0).fit(examples, outcome)


def gains(least: float):
    return lambda evidence: evidence.candidate_accuracy - evidence.champion_accuracy >= least


def later_than(days: float):
    return lambda evidence: evidence.days_since_release > days


def replicas(n: int):
    return lambda load: n


def to_size(size: str):
    return lambda usage: {name: size for name in usage.index if size in usage.at[name, "sizes"]}


def looks_every(n: int):
    return lambda spend: len(spend) % n == 0


def commits(hourly: float, years: int):
    return lambda usage: [sim.commitment(hourly, years)]


def places(market: str, later: int):
    return lambda job: (market, int(job.carbon.index[later]) if later else "now")


def looks_if_missing(share: float):
    return lambda profile: bool((profile["missing"] > share).any())


def under_other_names(width: float):
    return lambda batch: batch.assign(case_id=batch["case_id"] + 0.25, rent_gbp=batch["rent_gbp"] // width * width)


def bids(share: float, doubt: float):
    def forecast(spend: pd.DataFrame) -> pd.Series:
        median = share * float(spend.iloc[-3:].to_numpy().sum())
        return pd.Series([median / (1 + doubt), median, median * (1 + doubt)], index=[0.1, 0.5, 0.9])

    return forecast


def hands_out(share: float):
    return lambda report: {"claims-triage": share * report.available_gbp}


def all_to(service: str):
    return lambda billing: pd.DataFrame({"service": [service], "cost_gbp": [billing["EffectiveCost"].sum()]})


def named(**tags: str):
    return lambda resource: {**tags, "kind": resource.kind}


shares = st.floats(0, 1)
some_days = st.integers(0, 60) | st.just(float("inf"))
DECISIONS = {
    "validate": st.one_of(
        st.builds(every_nth, st.integers(1, 30)),
        st.builds(below, st.floats(100, 3000)),
        st.just(nobody),
        st.builds(sim.practices.validation_gate, reach=st.floats(0.5, 6), learn_rows=st.integers(50, 4000)),
    ),
    "repair": st.builds(filled, st.floats(-100, 5000)) | st.builds(sim.practices.repair_batch, st.integers(50, 4000)),
    "watch_data": st.builds(looks_if_missing, st.floats(0, 0.2)) | st.builds(sim.practices.profile_alert, shares),
    "protect": st.one_of(
        st.builds(under_other_names, st.floats(1, 500)),
        st.builds(sim.practices.protect_records),
        st.builds(sim.practices.add_noise, st.floats(0.1, 50)),
    ),
    "retain": st.builds(
        sim.retention, st.integers(1, 120), some_days, some_days, st.none() | st.integers(1, 60)
    ),
    "watch_model": st.builds(
        sim.monitor, st.builds(moved, st.sampled_from(["rent_gbp", "score", "outcome"])).map(
            lambda f: lambda a, b: float(np.nan_to_num(f(a, b)))
        ), st.floats(0, 50), st.integers(1, 30), st.integers(7, 90),
    ) | st.builds(sim.practices.drift_monitor, st.floats(0.1, 2)),
    "retrain": st.builds(after, st.floats(0, 120), st.integers(0, 3)),
    "decide": st.builds(between, shares, shares),
    "train": st.sampled_from([sim.practices.train_on_logarithms(), stump, sim.Playbook().train]),
    "promote": st.builds(gains, st.floats(-0.1, 0.1)) | st.builds(sim.practices.promote_if_better),
    "tests": st.sampled_from(["all", ("code",), ("data", "fairness"), ("model",)]),
    "versioning": st.sampled_from(["models", "models and data"]),
    "release": st.builds(sim.canary, st.floats(0.01, 0.9), st.integers(1, 30), shares)
    | st.builds(sim.shadow, st.integers(1, 30), shares) | st.builds(sim.blue_green, st.integers(1, 30)),
    "roll_back": st.builds(later_than, st.floats(0, 20)) | st.builds(sim.practices.roll_back_on_shift, shares),
    "scale": st.builds(replicas, st.integers(0, 40)) | st.builds(sim.practices.scale_to_load, shares),
    "size": st.builds(to_size, st.sampled_from(["m5.large", "m5.xlarge", "m5.4xlarge", "g4dn.xlarge"]))
    | st.builds(sim.practices.right_size, st.floats(0.05, 1)),
    "forecast": st.builds(bids, st.floats(0, 2), shares) | st.builds(sim.practices.rolling_forecast),
    "fund": st.builds(hands_out, shares) | st.builds(sim.practices.fund_by_marginal_value),
    "watch_spend": st.builds(looks_every, st.integers(1, 40)) | st.builds(sim.practices.spend_alert, st.floats(1, 2)),
    "commit": st.builds(commits, st.floats(0.01, 5), st.sampled_from([1, 3]))
    | st.builds(sim.practices.commit_to_floor, shares, st.sampled_from([1, 3]), st.integers(1, 90)),
    "place": st.builds(places, st.sampled_from(["spot", "on demand"]), st.integers(0, 23)),
    "tag": st.builds(named, owner=st.sampled_from(["claims-triage", "shared"]))
    | st.builds(sim.practices.tag_by_owner, st.sampled_from([(), ("production",), ("test", "development")])),
    "allocate": st.builds(all_to, st.sampled_from(["claims-triage", "shared"]))
    | st.builds(sim.practices.allocate_by_tags, st.sampled_from(["owner", "Application"])),
    "organise": st.sampled_from(["silo", "cross-functional", "centre of excellence"]),
    "adopt": st.builds(sim.sequence, st.sampled_from(["validate", "govern"]), at_once=st.integers(1, 3)),
    "govern": st.builds(
        sim.governance, st.integers(1, 91), *[st.booleans()] * 2, st.floats(0, 0.9), *[st.booleans()] * 2
    ),
}  # fmt: skip
PLAYBOOKS = st.fixed_dictionaries({}, optional=DECISIONS).map(lambda chosen: sim.Playbook(**chosen))


ORDINARY = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
DRAWN = given(
    books=st.lists(PLAYBOOKS, min_size=2, max_size=4),
    seed=st.integers(0, 2**31),
    instant=st.booleans(),
    wait=st.sampled_from([2.0, 10.0, 30.0]),
    data_people=st.integers(1, 3),
    caseworkers=st.integers(0, 3),
    bugs=st.sampled_from([0.0, 0.6]),
    invoicing=st.sampled_from([{}, {"overcharges_per_year": 50.0, "credit_gbp": 300.0}]),
    organised=st.booleans(),
)


def the_books_balance(
    small, scenario, books, seed, instant, wait, data_people, caseworkers, bugs, invoicing, organised
):
    world = small(
        quarters=len(books),
        fields={"invoicing": invoicing, "organisation": scenario.organisation if organised else None},
        reject_after_days=wait,
        review={"caseworkers": caseworkers},
        training={"pilot_days": 20, "bug_share": bugs},
    )
    incidents = [i.model_dump() | {"per_year": 3.0} for i in world.services[0].incidents]
    spending = [i.model_dump() | {"per_year": 4.0} for i in world.spend_incidents]
    staff = world.staff.model_dump()
    staff["teams"][0]["people"] = data_people
    breach = world.services[0].breach.model_dump() | {"per_account_year": 0.1, "found_days": 20.0}
    service = world.services[0].model_dump() | {"incidents": incidents, "breach": breach, "keep_days": 40}
    world = world.replace(services=[service], spend_incidents=spending, staff=staff)
    programme = sim.Programme(world, seed=seed, instant=instant)
    for book in books:
        programme.advance(book)
    run = programme.run()
    accounted(programme, run)


@settings(ORDINARY, max_examples=6)
@DRAWN
def test_the_books_of_six_random_playbooks(small, scenario, **drawn):
    the_books_balance(small, scenario, **drawn)


@pytest.mark.slow
@settings(ORDINARY, max_examples=50)
@DRAWN
def test_the_books_of_fifty_random_playbooks(small, scenario, **drawn):
    the_books_balance(small, scenario, **drawn)
