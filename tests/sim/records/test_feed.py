"""The feed says in words what the records hold: when, what, how it was found, what it did."""

import dataclasses

import pandas as pd
import pytest

from sim.decisions import POINTS
from sim.records.feed import COLUMNS, KINDS, dated, feed, first_date
from sim.records.practices import PRACTICES
from sim.summary import money


def incident(**given) -> dict:
    row = {
        "incident_id": "claims/pence-for-pounds/0", "kind": "unit_change", "subject": "pensions-feed",
        "service": "claims", "began_day": 347.3, "detected_day": 366.4, "fixed_day": 370.0, "found_by": "complaints",
        "cases_harmed": 211, "cost_gbp": 38_000.0,
    }  # fmt: skip
    return row | given


@pytest.fixture
def told(run_of):
    """Return the feed of a run whose incidents are exactly those given."""
    run = run_of("naive")

    def tell(*rows: dict, hindsight: bool = True) -> list[str]:
        given = dataclasses.replace(run, incidents=pd.DataFrame(rows), journal=run.journal.iloc[:0])
        return feed(given, hindsight)["text"].tolist()

    return tell


class TestAnIncident:
    def test_is_told_from_beginning_to_repair(self, told):
        assert told(incident()) == [
            "The pensions feed began to send pence for pounds; found after 19 days by complaints and mended 4 days "
            "later. 211 decisions went wrong because of it; that cost £38.0k."
        ]

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"detected_day": 347.3}, "found at once by complaints"),
            ({"detected_day": 347.9}, "found the same day by complaints"),
            ({"detected_day": 348.4}, "found after 1 day by complaints"),
            ({"fixed_day": float("nan")}, "by complaints, not mended by the end."),
            ({"detected_day": float("nan"), "found_by": "nobody"}, "nobody noticed, and it ended by itself after 23"),
            ({"detected_day": float("nan"), "fixed_day": float("nan"), "found_by": ""}, "nobody has found it."),
            ({"kind": "silent_nulls"}, "The pensions feed began to leave fields empty; "),
            ({"incident_id": "claims/log-in-tens/0"}, "began to send numbers in another unit;"),
            ({"kind": "breach", "cases_harmed": 1}, "1 person could be named; it cost £38.0k."),
            ({"kind": "breach"}, "those concerned told 4 days later. 211 people could be named"),
            ({"cases_harmed": 0}, "later. It cost £38.0k."),
            ({"kind": "solar_flare"}, "Solar flare of pensions-feed began; "),
            ({"found_by": "a visitor"}, "by a visitor"),
        ],
    )  # fmt: skip
    def test_differs_with_its_record(self, told, given, words):
        (text,) = told(incident(**given))
        assert words in text

    def test_that_did_nothing_is_said_to_have_done_nothing(self, told):
        (text,) = told(incident(cases_harmed=0, cost_gbp=0.0))
        assert text.endswith("mended 4 days later.")


class TestWhatWasKnown:
    def test_an_incident_is_known_from_the_day_it_was_found(self, run_of):
        run = run_of("naive")
        known = feed(run, hindsight=False)
        found = run.incidents.dropna(subset=["detected_day"]).set_index("incident_id")["detected_day"]
        told = known[known["incident_id"] != ""].set_index("incident_id")["day"]
        assert 0 < len(found) < len(run.incidents)
        assert told.to_dict() == found.to_dict()

    def test_nobody_knew_what_it_did(self, told):
        (text,) = told(incident(), hindsight=False)
        assert text.startswith("The pensions feed began to send pence for pounds on 14 March 2027; found after 19 days")
        assert "wrong" not in text and "£" not in text

    def test_that_training_was_misled_is_known_only_since(self, run_of):
        run = run_of("naive")
        row = run.journal.iloc[[0]].assign(kind="learnt wrong outcomes", detail="v3", service="claims-triage")
        misled = dataclasses.replace(run, journal=row, incidents=run.incidents.iloc[:0])
        assert feed(misled)["text"].tolist() == ["Version v3 of claims-triage was trained on wrong outcomes."]
        assert not len(feed(misled, hindsight=False))


class TestARun:
    @pytest.mark.parametrize("name", ["naive", "reference"])
    def test_is_told_in_order_in_whole_sentences(self, run_of, name):
        run = run_of(name)
        events = run.feed()
        assert tuple(events.columns) == COLUMNS
        assert events["day"].is_monotonic_increasing
        assert set(events["kind"]) <= set(KINDS)
        assert set(run.incidents["incident_id"]) == set(events["incident_id"]) - {""}
        assert events["text"].str.fullmatch(r"[A-Z£].*\.").all()
        assert not events["text"].str.contains(r"\bnan\b|None|GBP|\bday \d", regex=True).any()

    def test_has_the_costs_of_its_records(self, run_of):
        run = run_of("naive")
        costly = run.incidents.loc[run.incidents["cost_gbp"].where(run.incidents["kind"] != "breach").idxmax()]
        text = run.feed().set_index("incident_id")["text"][costly["incident_id"]]
        assert money(costly["cost_gbp"]) in text and f"{costly['cases_harmed']:,} decisions" in text

    def test_says_each_practice_that_came_into_force(self, run_of):
        run = run_of("reference")
        events = run.feed()
        said = " ".join(events.loc[events["kind"] == "practice", "text"])
        assert run.journal["kind"].eq("in force").sum() > 20
        assert all(f"({point})" in said for point in run.journal.loc[run.journal["kind"] == "in force", "subject"])

    def test_begins_on_the_scenarios_first_day(self, run_of, scenario):
        assert first_date(run_of("naive").billing) == scenario.start
        assert run_of("naive").feed()["date"].min().date() >= scenario.start

    def test_without_a_bill_has_days_and_no_dates(self, run_of):
        run = run_of("naive")
        undated = feed(dataclasses.replace(run, billing=run.billing.iloc[:0]), hindsight=False)
        assert undated["date"].isna().all()
        assert undated["text"].str.contains(r"on day \d+;").any()

    def test_of_which_nothing_happened_is_an_empty_frame(self, run_of):
        run = run_of("naive")
        calm = dataclasses.replace(run, incidents=run.incidents.iloc[:0], journal=run.journal.iloc[:0])
        assert tuple(feed(calm).columns) == COLUMNS and not len(feed(calm))


def test_an_audit_counts_its_findings(run_of):
    run = run_of("naive")
    audits = run.journal[run.journal["kind"] == "audit"]
    texts = run.feed().query("kind == 'governance'")["text"]
    for event in audits["event_id"]:
        led_to = run.journal.loc[run.journal["cause"] == event, "kind"]
        n = int((led_to == "finding").sum())
        assert texts.str.contains(f"brought {n} finding" if n else "brought nothing up").any()


def test_every_decision_point_has_words():
    assert set(PRACTICES) == set(POINTS)


def test_a_day_without_a_calendar_is_a_number():
    assert dated(347.9, None) == "day 347"
