"""A sample of mutants is drawn by lot, place by place, and what it finds is weighed."""

from __future__ import annotations

import os

import pytest

from tests import mutation
from tests.mutation import Line, lines, overall, page, place_of, sample

PLACES = ["sim/calendar.py", "sim/scorecard/*.py"]
NAMES = [f"sim.calendar.xǁCalendarǁday__mutmut_{k}" for k in range(40)] + [
    f"sim.scorecard.{file}.x_total__mutmut_{k}" for file in ("card", "people") for k in range(180)
]


def test_a_name_lies_in_its_file_or_its_folder():
    assert place_of(NAMES[0], PLACES) == "sim/calendar.py"
    assert {place_of(name, PLACES) for name in NAMES[40:]} == {"sim/scorecard/*.py"}


def test_each_place_gives_its_share_and_at_least_so_many_and_none_twice():
    drawn = sample(NAMES, PLACES, 200)
    assert [place_of(name, PLACES) for name in drawn] == ["sim/calendar.py"] * 25 + ["sim/scorecard/*.py"] * 180
    assert len(set(drawn)) == len(drawn) and set(drawn) <= set(NAMES)
    assert len(sample(NAMES, PLACES, 10_000)) == len(NAMES)


def test_the_lot_is_the_same_in_any_order_and_a_larger_sample_holds_the_smaller():
    small, large = sample(NAMES, PLACES, 100), sample(NAMES[::-1], PLACES, 300)
    assert sample(NAMES[::-1], PLACES, 100) == small and set(small) < set(large)
    assert small[:25] != sorted(small[:25])


def test_shares_are_weighed_by_the_size_of_their_places():
    share, low, high = overall([Line("a", 100, 50, 50, 50), Line("b", 300, 50, 50, 25)])
    assert share == pytest.approx((100 * 1.0 + 300 * 0.5) / 400)
    assert low < share < high < low + 0.25


def test_who_tries_everything_knows_it_and_who_has_left_a_place_out_knows_nothing():
    assert overall([Line("a", 100, 100, 100, 90)]) == pytest.approx((0.9, 0.9, 0.9))
    assert overall([Line("a", 100, 50, 50, 50), Line("b", 300, 50, 0, 0)]) == (0.0, 0.0, 0.0)


FOUND = dict.fromkeys(NAMES, "not checked") | {
    NAMES[0]: "killed", NAMES[1]: "survived", NAMES[2]: "timeout", NAMES[3]: "no tests", NAMES[40]: "killed",
    NAMES[5]: "check was interrupted by user",
}  # fmt: skip


def test_only_what_was_tried_counts_and_what_no_test_reaches_got_away():
    first, second = lines(FOUND, NAMES, PLACES)
    assert first == Line("sim/calendar.py", 40, 40, 4, 2) and second == Line("sim/scorecard/*.py", 360, 360, 1, 1)
    said = page(FOUND, NAMES, PLACES)
    assert f"{NAMES[1]}: survived" in said and f"{NAMES[3]}: no tests" in said and "Not noticed (2;" in said
    assert "| `sim/calendar.py` | 40 | 40 | 4 | 2 | 50% | 15% to 85% |" in said


@pytest.mark.parametrize(("last", "code"), [("killed", 0), ("survived", 1)])
def test_what_was_stopped_goes_on_and_too_few_noticed_is_an_error(last, code, monkeypatch, capsys):
    """Of a place with two mutants, one is tried already; nothing has to be made, and only the other is run."""
    found = {"sim.calendar.x_a__mutmut_1": "killed", "sim.calendar.x_a__mutmut_2": "not checked"}
    asked = []

    def mutmut(*words: str) -> None:
        asked.append(words)
        found["sim.calendar.x_a__mutmut_2"] = last

    monkeypatch.setattr(mutation, "mutated", lambda: ["sim/calendar.py"])
    monkeypatch.setattr(mutation, "stale", lambda places: False)
    monkeypatch.setattr(mutation, "results", lambda: dict(found))
    monkeypatch.setattr(mutation, "mutmut", mutmut)
    assert mutation.main([]) == code
    assert asked == [("run", "--max-children", "2", "sim.calendar.x_a__mutmut_2")]
    assert ("Not noticed (0" in capsys.readouterr().out) == (code == 0)


def test_mutants_are_made_anew_when_a_file_has_none_or_is_newer(tmp_path):
    for file, moment in (("sim/calendar.py", 10), ("sim/scorecard/card.py", 20), ("mutants/sim/calendar.py", 15)):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (moment, moment))
    assert not mutation.stale(["sim/calendar.py"], tmp_path)
    assert mutation.stale(PLACES, tmp_path)
    os.utime(tmp_path / "sim" / "calendar.py", (15, 15))
    assert mutation.stale(["sim/calendar.py"], tmp_path)


def test_the_places_are_those_of_the_project():
    assert {"sim/ledger.py", "sim/streams.py", "sim/scorecard/*.py"} <= set(mutation.mutated())
