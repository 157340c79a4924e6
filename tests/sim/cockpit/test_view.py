"""The widget: what it answers to what a page asks, without a page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

import sim.cockpit
from sim.cockpit.levers import LEVERS, PRESETS
from sim.cockpit.view import MODULES, STATIC, Cockpit, page_code


@pytest.fixture(scope="module")
def cockpit(small) -> Iterator[Cockpit]:
    cockpit = sim.cockpit.open(small(quarters=2), seed=3)
    until(cockpit, "ready")
    yield cockpit
    cockpit.close()


def until(cockpit: Cockpit, state: str) -> None:
    for _ in range(1200):
        if cockpit.status["state"] == state:
            return
        time.sleep(0.1)
    raise AssertionError(cockpit.status)


def ask(cockpit: Cockpit, **message: object) -> None:
    cockpit._asked(None, message, None)


def test_a_move_is_drawn_beside_the_run_before(cockpit):
    ask(cockpit, do="choose", choices={"validate": "gate"}, move=5)
    assert cockpit.status["state"] == "playing"
    until(cockpit, "ready")
    assert cockpit.status["move"] == 5
    assert cockpit.choices == {"validate": "gate"}
    assert cockpit.view["complete"]
    assert any(tile["change"] not in ("", "as before") for tile in cockpit.view["tiles"])


def test_what_has_been_played_is_remembered(cockpit):
    ask(cockpit, do="choose", choices={"validate": "gate"}, move=6)
    until(cockpit, "ready")
    ask(cockpit, do="choose", choices={}, move=7)
    until(cockpit, "ready")
    ask(cockpit, do="choose", choices={"validate": "gate"}, move=8)
    assert cockpit.status == {"state": "ready", "move": 8, "text": "Complete."}


def change(cockpit: Cockpit) -> set[str]:
    return {tile["change"] for tile in cockpit.view["tiles"]}


def test_a_run_that_is_held_is_what_others_are_compared_with(cockpit):
    ask(cockpit, do="choose", choices={}, move=6)
    until(cockpit, "ready")
    ask(cockpit, do="pin", held=True, move=6)
    assert cockpit.view["held"]
    for choices in ({"validate": "gate"}, {}):
        ask(cockpit, do="choose", choices=choices, move=6)
        until(cockpit, "ready")
    assert change(cockpit) == {"as before"}
    ask(cockpit, do="pin", held=False, move=6)
    assert not cockpit.view["held"]
    assert change(cockpit) != {"as before"}


def test_a_move_is_taken_back_and_the_runs_are_listed(cockpit):
    for choices in ({}, {"validate": "gate"}):
        ask(cockpit, do="choose", choices=choices, move=7)
        until(cockpit, "ready")
    gated = cockpit.view["tiles"]
    ask(cockpit, do="choose", choices={"validate": "gate", "tag": "everything"}, move=7)
    until(cockpit, "ready")
    ask(cockpit, do="undo", move=8)
    assert (cockpit.status["state"], cockpit.choices) == ("ready", {"validate": "gate"})
    assert [t["text"] for t in cockpit.view["tiles"]] == [t["text"] for t in gated]
    rows = cockpit.runs["rows"]
    assert rows[0]["moved"] == "Typical, the first"
    assert rows[-1]["moved"] == "Tags on resources: Everything"
    here = next(row for row in rows if row["now"])
    shown = {t["name"]: t["text"] for t in gated}
    assert (here["spend"], here["gap"], here["value"]) == tuple(
        shown[name] for name in ("Spend", "Equity gap", "Net public value")
    )
    while cockpit.runs["undo"]:
        ask(cockpit, do="undo", move=9)
        until(cockpit, "ready")
    assert cockpit.choices == PRESETS["typical"]


def test_any_run_of_the_list_can_be_compared_with(cockpit):
    ask(cockpit, do="pin", held=True, run=1, move=9)
    ask(cockpit, do="choose", choices={}, move=9)
    until(cockpit, "ready")
    assert cockpit.runs["compared"].startswith("Compared with run 1 (Typical, the first), and so is every further run")
    assert [row["number"] for row in cockpit.runs["rows"] if row["beside"]] == [1]
    ask(cockpit, do="pin", held=False, run=1, move=9)
    assert cockpit.runs["compared"].endswith("the one before.")


def test_what_is_still_heard_of_a_run_that_was_dropped_is_not_drawn(cockpit, monkeypatch):
    tickets = iter((7001, 7002))
    with monkeypatch.context() as patched:
        patched.setattr(cockpit._engine, "run", lambda plan: next(tickets))
        for name in ("catalogue", "contracts"):
            ask(cockpit, do="choose", choices={name: LEVERS[name].options[-1].key, "tag": "production-only"}, move=9)
        shown, quarter = cockpit.view, cockpit._beside["quarters"][0]
        cockpit._heard(7001, "quarter", quarter)
        assert cockpit.view == shown and cockpit._now["quarters"] == []
        cockpit._heard(7002, "quarter", quarter)
        assert cockpit.view["played"] == 1
    for _ in range(2):
        ask(cockpit, do="undo", move=9)


def test_a_choice_that_is_none_is_refused_in_words(cockpit):
    ask(cockpit, do="choose", choices={"validate": "gaet"}, move=9)
    assert cockpit.status["state"] == "refused"
    assert "Did you mean 'gate'" in cockpit.status["text"]


def test_a_game_is_begun_played_kept_and_resumed(cockpit, monkeypatch):
    sent: list[dict] = []
    monkeypatch.setattr(cockpit, "send", sent.append)
    ask(cockpit, do="mode", mode="play", move=10)
    until(cockpit, "deciding")
    ask(cockpit, do="draft", choices={"tag": "everything"}, move=11)
    assert cockpit.game["bill"]["changed"] == ["tag"]
    ask(cockpit, do="step", move=12)
    until(cockpit, "deciding")
    assert cockpit.game["quarter"] == 2
    ask(cockpit, do="save", move=13)
    ask(cockpit, do="export", move=14)
    assert [message["file"] for message in sent] == ["household-support-game.json", "household_support_game.py"]
    ask(cockpit, do="step", move=15)
    until(cockpit, "over")
    paper = cockpit.game["report"]
    ask(cockpit, do="resume", text=sent[0]["text"], move=16)
    until(cockpit, "deciding")
    assert cockpit.played.played == [{"tag": "everything"}]
    ask(cockpit, do="step", move=17)
    until(cockpit, "over")
    assert cockpit.game["report"] == paper
    ask(cockpit, do="resume", text="{", move=18)
    assert "damaged" in cockpit.status["text"]


def test_another_world_is_entered_with_the_same_choices_and_no_game(cockpit):
    ask(cockpit, do="choose", choices={"validate": "gate"}, move=20)
    until(cockpit, "ready")
    before = cockpit.view
    ask(cockpit, do="world", scenario="household-support", services=["claims-triage"], seed=4, move=21)
    assert cockpit.status["state"] == "playing" and cockpit.game == {} and cockpit.played is None
    until(cockpit, "ready")
    assert cockpit.world["seed"] == 4 and cockpit.choices == {"validate": "gate"}
    assert cockpit.view != before and cockpit.view["of"] == before["of"] == 2
    ask(cockpit, do="world", scenario="houshold-support", services=[], seed=4, move=22)
    assert cockpit.status["state"] == "refused" and "Did you mean 'household-support'" in cockpit.status["text"]


def test_a_new_game_is_of_the_world_that_is_shown_and_has_no_branch_yet(cockpit):
    ask(cockpit, do="new game", move=23)
    assert (cockpit.played.seed, cockpit.played.played) == (cockpit.seed, [])
    ask(cockpit, do="branch", quarter=1, choices={}, move=24)
    assert cockpit.status == {
        "state": "refused", "move": 24, "text": "What might have been is for the end: the game is not over yet."
    }  # fmt: skip


def test_the_pages_modules_are_one_without_imports():
    code = page_code()
    assert sorted(path.stem for path in STATIC.glob("*.js")) == sorted(MODULES)
    assert "\nimport " not in code
    assert code.count("\nexport ") == 1
    assert "http://" not in code.replace("http://www.w3.org/2000/svg", "") and "https://" not in code
