"""The estate by hand: what each kind of resource costs, to the penny, and what of it is idle."""

import math

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calendar import Calendar
from sim.cloud.buying import Bought
from sim.cloud.charges import CHARGES
from sim.cloud.estate import Estate
from sim.cloud.prices import PRICES, price
from sim.cloud.sizes import FUNCTION_GB_PER_VCPU, size_of
from sim.errors import ScenarioError
from sim.ledger import Ledger

DAYS = 28
MACHINE = {
    "name": "box", "kind": "development", "environment": "test", "service": "claims-triage", "size": "m5.large",
}  # fmt: skip
MONDAY = "2026-06-01"


@pytest.fixture
def estate_of(quiet):
    """Return an estate of some resources, given as mappings; it starts on a Monday."""

    def make(*resources, **fields) -> Estate:
        world = quiet(1, 60, {"start": MONDAY, "estate": list(resources)} | fields)
        return Estate(world, Ledger(Calendar(world.start, world.quarters)))

    return make


def live(estate: Estate, days: int, cases: int = 0, records: int = 0) -> None:
    for day in range(len(estate.used), len(estate.used) + days):
        estate.keep("claims-triage", cases, records)
        estate.close_day(day, 0)


def pence(estate: Estate, name: str = "box") -> int:
    lines = estate.lines()
    return sum(p for p, v in zip(lines.pence.tolist(), lines.resource, strict=True) if lines.resources[v].name == name)


def rounded(gbp: float) -> int:
    return math.floor(gbp * 100 + 0.5)


class TestEachKind:
    @pytest.mark.parametrize(
        ("kind", "size", "about", "a_day"),
        [
            ("logging", "log-ingest", {"per_record": 0.004}, 30 * 0.004),
            ("transfer", "transfer-out", {"per_case": 0.05, "per_record": 0.01}, 20 * 0.05 + 30 * 0.01),
            ("third-party", "address-lookup", {"per_case": 1}, 20),
            ("third-party", "language-model", {"per_record": 2}, 60),
            ("function", "function", {"per_case": 0.02}, 20 * 0.02),
            ("disk", "block-ssd", {"gb": 500, "count": 2}, 1000 * 12 / 365),
            ("disk", "snapshot", {"gb": 70}, 70 * 12 / 365),
            ("address", "public-address", {"count": 3}, 72),
        ],
    )
    def test_is_metered_in_its_own_unit(self, estate_of, kind, size, about, a_day):
        estate = estate_of({"name": "box", "kind": kind, "size": size} | about)
        live(estate, DAYS, cases=20, records=30)
        assert pence(estate) == rounded(DAYS * a_day * price(size).gbp)

    def test_what_cases_bring_costs_nothing_without_them(self, estate_of):
        estate = estate_of({"name": "box", "kind": "third-party", "size": "address-lookup", "per_case": 1})
        live(estate, DAYS)
        assert pence(estate) == 0

    def test_belongs_to_its_own_service_alone(self, estate_of):
        call = {"name": "box", "kind": "third-party", "service": "claims-triage", "size": "address-lookup"}
        estate = estate_of(call | {"per_case": 1})
        estate.keep("another", 100)
        estate.close_day(0, 0)
        assert pence(estate) == 0 and estate.owner("box") == "claims-triage"

    def test_goes_to_its_cost_category(self, quiet):
        kinds = [("logging", "log-ingest"), ("third-party", "address-lookup"), ("transfer", "transfer-out")]
        estate = [{"name": kind, "kind": kind, "size": size, "per_case": 1.0} for kind, size in kinds]
        run = sim.simulate(quiet(1, 60, {"estate": estate}))
        cloud = run.ledger[run.ledger["debit"] == "cloud"].groupby("category")["pence"].sum()
        names = {"logging": "operations", "third-party": "software", "transfer": "infrastructure"}
        billed = run.billing.groupby(run.billing["ResourceName"].map(names))["BilledCost"].sum()
        assert cloud.to_dict() == (billed * 100).round().astype(int).to_dict() and len(cloud) == 3


def test_a_function_breaks_even_with_a_machine_where_hand_calculation_says(estate_of):
    """24 hours at $0.111 buy 25.1 vCPU hours of a function with 1.769 GB for each vCPU at $0.06 a GB-hour."""
    even = 24 * 0.111 / (1.769 * 0.06)
    assert even == pytest.approx(25.098, abs=0.001)
    cost = {}
    for work in (0.0, even - 1, even, even + 1):
        for size in ("m5.large", "function"):
            estate = estate_of(MACHINE | {"sizes": ["m5.large", "function"], "vcpu_hours_per_day": work})
            estate.resize({"box": size})
            live(estate, DAYS)
            cost[work, size] = pence(estate)
    assert cost[0.0, "function"] == 0 < cost[0.0, "m5.large"] == rounded(DAYS * 24 * price("m5.large").gbp)
    assert cost[even - 1, "function"] < cost[even - 1, "m5.large"]
    assert abs(cost[even, "function"] - cost[even, "m5.large"]) <= 1
    assert cost[even + 1, "function"] > cost[even + 1, "m5.large"]
    assert cost[even, "function"] == rounded(DAYS * even * FUNCTION_GB_PER_VCPU * price("function").gbp)


class TestASchedule:
    box = MACHINE | {"sizes": ["m5.large"], "schedules": ["12x5"], "count": 3, "environment": "development"}

    def test_saves_exactly_the_hours_for_which_it_is_off(self, estate_of):
        estate = estate_of(self.box)
        live(estate, DAYS)
        whole = pence(estate)
        estate.resize({"box": "m5.large 12x5"})
        live(estate, DAYS)
        hourly = 3 * price("m5.large").gbp
        assert whole == rounded(DAYS * 24 * hourly)
        assert pence(estate) == rounded((DAYS * 24 + 20 * 12) * hourly)
        hours = [line[2] for day in estate.meter.days[DAYS:] for line in day]
        assert hours == [36.0] * 20

    def test_lets_work_wait_and_loses_none(self, estate_of):
        estate = estate_of(self.box | {"vcpu_hours_per_day": 40})
        estate.resize({"box": "m5.large 12x5"})
        live(estate, DAYS)
        done = np.array(estate.work_done)[:, 0]
        assert done[:7].tolist() == [40] * 5 + [0, 0] and done[7:12].tolist() == [72, 72, 56, 40, 40]
        estate = estate_of(self.box | {"vcpu_hours_per_day": 40, "workdays_only": True})
        estate.resize({"box": "m5.large 12x5"})
        live(estate, DAYS)
        assert set(np.array(estate.work_done)[:, 0]) == {40, 0} and np.sum(estate.work_done) == 20 * 40

    @pytest.mark.parametrize(("name", "hours"), [("m5.large 24x5", 120), ("m5.large 8x7", 56), ("m5.large", 168)])
    def test_is_read_from_the_size(self, name, hours):
        size = size_of(name)
        assert sum(size.on(day) for day in range(7)) == hours == pytest.approx(size.mean_hours * 7)


class TestAPriceThatChanges:
    rise = {"name": "rise", "announced_day": 3, "day": 10, "factor": 1.07}

    @pytest.mark.parametrize("line", ["m5.large", "compute"])
    def test_changes_on_its_day_to_the_penny(self, estate_of, line):
        estate = estate_of(MACHINE, price_changes=[self.rise | {"line": line}])
        for day in range(DAYS):
            estate.change_prices(day)
            estate.close_day(day, 0)
        old, new = 0.08325, round(0.08325 * 1.07, 6)
        lines = estate.lines()
        assert lines.unit_price.tolist() == lines.list_price.tolist() == [old] * 10 + [new] * 18
        assert pence(estate) == rounded(24 * (10 * old + 18 * new))

    def test_leaves_other_lines_alone(self, estate_of):
        estate = estate_of(MACHINE, price_changes=[self.rise | {"line": "storage"}, self.rise | {"line": "m5.xlarge"}])
        for day in range(DAYS):
            estate.change_prices(day)
        assert estate.price == [price("m5.large").gbp]

    def test_is_announced_and_written_down(self, quiet):
        world = quiet(1, 60, {"price_changes": [self.rise | {"line": "compute"}]})
        journal = sim.simulate(world).journal
        mine = journal[journal["subject"] == "rise"]
        assert mine["kind"].tolist() == ["price change announced", "price changed"]
        assert mine["day"].astype(int).tolist() == [3, 10]
        assert mine["cause"].iloc[1] == mine["event_id"].iloc[0]

    def test_of_no_line_is_refused(self, estate_of, refused):
        said = refused(ScenarioError, lambda: estate_of(MACHINE, price_changes=[self.rise | {"line": "m5.lrge"}]))
        assert "price change rise" in said and "Did you mean 'm5.large'?" in said


class TestIdle:
    def test_share_is_what_was_paid_for_and_did_no_work(self, estate_of):
        store = {"name": "store", "kind": "storage", "size": "standard", "gb": 9000}
        estate = estate_of(MACHINE | {"vcpu_hours_per_day": 12}, store)
        live(estate, DAYS)
        cost, idle = (x.sum() for x in estate.meter.spent())
        assert cost * 100 == pytest.approx(pence(estate) + pence(estate, "store"))
        assert idle == pytest.approx(pence(estate) / 100 * (1 - 12 / 48))

    def test_share_of_a_run_is_the_scorecards(self, quiet):
        run = sim.simulate(quiet(1, 60))
        card = run.scorecard().set_index(["measure", "service"])["value"]
        assert 0 < card["idle_share", "all"] < 1
        assert card["idle_share", "all"] == run.daily["idle_gbp"].sum() / run.daily["cloud_gbp"].sum()
        assert run.daily["cloud_gbp"].sum() == pytest.approx(run.billing["EffectiveCost"].sum())

    def test_a_disk_is_of_use_to_its_machine_only(self, estate_of):
        disk = {"name": "disk", "kind": "disk", "size": "block-ssd", "gb": 500, "service": "claims-triage"}
        box = MACHINE | {"vcpu_hours_per_day": 48}
        estate = estate_of(box, disk | {"attached_to": "box"}, disk | {"name": "orphan"})
        live(estate, DAYS)
        assert estate.idle() == ["orphan"] and estate.utilisation_of() == {"box": 1.0, "disk": 1.0, "orphan": 0.0}
        before = estate.meter.spent()[1].sum()
        assert before == pytest.approx(pence(estate, "orphan") / 100)
        estate.remove("box")
        live(estate, DAYS)
        assert estate.idle() == ["disk", "orphan"]
        assert estate.meter.spent()[1].sum() - before == pytest.approx(2 * before, rel=0.01)

    def test_what_is_removed_is_billed_no_longer_and_not_counted_as_idle(self, estate_of):
        estate = estate_of(MACHINE | {"vcpu_hours_per_day": 12}, MACHINE | {"name": "other", "vcpu_hours_per_day": 24})
        live(estate, 10)
        before = pence(estate)
        estate.remove("box")
        live(estate, 10)
        assert pence(estate) == before and pence(estate, "other") == rounded(20 * 24 * price("m5.large").gbp)
        assert estate.utilisation().tolist() == pytest.approx([0.375] * 10 + [0.5] * 10)

    def test_a_test_bed_is_idle_once_its_project_is_over(self, estate_of):
        estate = estate_of(MACHINE | {"vcpu_hours_per_day": 6, "work_ends_day": 15})
        live(estate, 15 + DAYS - 1)
        assert estate.idle() == []
        live(estate, 1)
        assert estate.idle() == ["box"] and np.array(estate.work_done)[:, 0].tolist() == [6.0] * 15 + [0.0] * DAYS

    def test_what_a_service_may_call_on_any_day_is_never_idle(self, estate_of):
        names = ("training", "serving", "pipeline", "development")
        own = [MACHINE | {"name": kind, "kind": kind, "environment": "production"} for kind in names]
        beside = [MACHINE | {"name": f"test-{kind}", "kind": kind, "environment": "test"} for kind in names]
        pool = MACHINE | {"name": "pool", "service": "shared", "takes_turns": True, "environment": "development"}
        estate = estate_of(*own, *beside, pool)
        live(estate, DAYS)
        assert estate.idle() == [f"test-{kind}" for kind in names]


class TestALeak:
    def spec(self, **about):
        return sim.scenario.SpendIncident(name="leak", resource="box", **about)

    def test_of_machines_goes_on_beside_a_function_and_after_removal(self, estate_of):
        estate = estate_of(MACHINE | {"sizes": ["m5.large", "function"]})
        leak = self.spec(kind="forgotten_machine", machines=2)
        estate.leak("box", leak, 1)
        daily = 48 * price("m5.large").gbp
        for change in (lambda: None, lambda: estate.resize({"box": "function"}), lambda: estate.remove("box")):
            change()
            live(estate, 1)
            assert estate.leaked_gbp("box", leak) == pytest.approx(daily, abs=0.01)
        estate.leak("box", leak, -1)
        live(estate, 1)
        assert estate.meter.days[-1] == []

    def test_of_calls_costs_each_call_again(self, estate_of):
        estate = estate_of({"name": "box", "kind": "third-party", "size": "address-lookup", "per_case": 1})
        leak = self.spec(kind="retry_storm", retries=9)
        estate.leak("box", leak, 1)
        live(estate, 1, cases=100)
        assert pence(estate) == rounded(1000 * price("address-lookup").gbp)
        assert estate.leaked_gbp("box", leak) == pytest.approx(900 * price("address-lookup").gbp)
        assert estate.meter.spent()[1].sum() == pytest.approx(900 * price("address-lookup").gbp)


def test_hours_may_be_bought_otherwise(estate_of):
    """Half of the hours on the spot market at a third of the price, and a commitment's month paid beside."""
    store = {"name": "store", "kind": "storage", "size": "standard", "gb": 1}
    estate = estate_of(MACHINE | {"vcpu_hours_per_day": 24}, store)
    spot, purchase = CHARGES.index("spot"), CHARGES.index("purchase")

    def buying(day, hours, prices):
        assert hours == [24.0, 0.0] and prices[0] == price("m5.large").gbp
        half = Bought(estate.variant(0), 12.0, prices[0], prices[0] / 3, 33, 33, spot)
        return [12.0, 0.0], [half, Bought(-1, 1.0, 5.0, 5.0, 500, 0, purchase)]

    estate.buying = buying
    spent = [estate.close_day(day, 0) for day in range(10)]
    lines = estate.lines()
    assert sum(spent) == pytest.approx(lines.pence.sum() / 100)
    by = pd.Series(lines.pence).groupby(lines.charge).sum()
    assert by[spot] == 330 and by[purchase] == 5000 and by[0] >= rounded(120 * price("m5.large").gbp)
    cost, idle = (x.sum() for x in estate.meter.spent())
    assert cost == pytest.approx(lines.effective_pence.sum() / 100)
    assert idle == pytest.approx(lines.pence[(lines.charge == 0) & (lines.resource == 0)].sum() / 200), (
        "a hired machine works"
    )


@pytest.mark.parametrize(
    ("about", "wanted"),
    [
        ({"size": "m5.large 25x5"}, "The nearest that is allowed is 'm5.large 12x5'"),
        ({"sizes": ["standard"]}, "cannot be of the size 'standard'"),
        ({"size": "function"}, "cannot be of the size 'function'"),
        ({"sizes": ["shared"]}, "for training and development machines"),
        ({"kind": "disk"}, "cannot be of the size 'm5.large'"),
        (
            {"kind": "serving", "sizes": ["m5.large"], "schedules": ["12x5"], "environment": "production"},
            "must not be switched off",
        ),
    ],
)
def test_a_size_that_does_not_fit_is_refused(estate_of, refused, about, wanted):
    assert wanted in refused(ScenarioError, lambda: estate_of(MACHINE | about))


def test_a_disk_of_nothing_or_of_another_service_is_refused(quiet, refused):
    disk = {"name": "disk", "kind": "disk", "size": "block-ssd", "gb": 5}
    for about, wanted in (({"attached_to": "bix"}, "Did you mean 'box'?"), ({"attached_to": "box"}, "must be of one")):
        said = refused(ScenarioError, lambda about=about: quiet(1, 60, {"estate": [MACHINE, disk | about]}))
        assert "resource disk" in said and wanted in said


def test_a_leak_befalls_what_it_can(quiet, refused):
    leak = {"name": "leak", "kind": "retry_storm", "resource": "box"}
    said = refused(ScenarioError, lambda: quiet(1, 60, {"estate": [MACHINE], "spend_incidents": [leak]}))
    assert "incident leak" in said and "third-party" in said


def test_every_line_of_the_price_list_says_what_it_is_sold_as():
    for line in PRICES.values():
        assert line.gbp > 0 and line.source and line.offer.consumed_unit
