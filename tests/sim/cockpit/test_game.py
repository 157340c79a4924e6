"""A game as it is kept: read back, refused when damaged, written out as playbooks, and asked what might have been."""

from __future__ import annotations

import json

import pytest

import sim
from cli.playbook import load_playbook
from sim.cockpit.game import Game, what_if
from sim.cockpit.levers import playbook, preset
from sim.errors import StorageError


@pytest.fixture
def game(small) -> Game:
    return Game(small(quarters=3), 7, [{"validate": "gate"}, {"validate": "gate", "retrain": "on-drift"}])


def test_a_game_is_kept_and_read_back(game, tmp_path):
    again = Game.load(game.save(tmp_path / "game.json"))
    assert again == game
    assert again.settled == {"validate": "gate", "retrain": "on-drift"}


def test_what_one_service_has_apart_is_kept_too(game):
    apart = Game(game.scenario, 7, [{"validate": "gate", f"retrain@{game.scenario.services[0].name}": "on-drift"}])
    assert Game.read(apart.text()) == apart and len(apart.played[0]) == 2


def changed(text: str, **fields: object) -> str:
    return json.dumps(json.loads(text) | fields)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:-30], "line .* is not JSON"),
        (lambda text: "[]", "its format is 'list'"),
        (lambda text: changed(text, format="chess"), "its format is 'chess'"),
        (lambda text: changed(text, version=2), "version 2, but this cockpit reads version 1"),
        (lambda text: changed(text, seed=-1), "seed is -1"),
        (lambda text: changed(text, seed="one"), "seed is 'one'"),
        (lambda text: changed(text, played=[{}] * 4), "at most 3 quarters"),
        (lambda text: changed(text, played=[{"validate": "gaet"}]), "Did you mean 'gate'"),
        (lambda text: changed(text, played=[{"validate@claims": "gate"}]), "Did you mean 'claims-triage'"),
        (lambda text: changed(text, scenario={"name": "x"}), "cannot be played"),
        (lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "played"}), "'played' is missing"),
    ],
)
def test_a_damaged_game_is_refused_in_a_sentence(game, spoil, said):
    with pytest.raises(StorageError, match=said):
        Game.read(spoil(game.text()))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(StorageError, match="cannot be read"):
        Game.load(tmp_path / "none.json")
    (tmp_path / "picture.json").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(StorageError, match="it is not text"):
        Game.load(tmp_path / "picture.json")
    with pytest.raises(StorageError, match="cannot be written"):
        Game(sim.load_scenario("quiet-office")).save(tmp_path)


def test_its_playbooks_are_what_was_decided(game, tmp_path):
    game.played.append(
        preset("reference") | {"retrain@claims-triage": "never", "scale@claims-triage": "peak-always-on"}
    )
    file = tmp_path / "game.py"
    file.write_text(game.playbooks())
    for name, choices in (("q1", game.played[0]), ("q2", game.played[1]), ("playbook", game.played[2])):
        assert load_playbook(f"{file}:{name}") == playbook(choices)


def test_a_game_of_no_quarter_exports_the_naive_playbook(small, tmp_path):
    file = tmp_path / "game.py"
    file.write_text(Game(small()).playbooks())
    assert load_playbook(f"{file}:playbook") == sim.Playbook()


def test_its_replay_is_the_run_that_was_played(tmp_path):
    game = Game(sim.load_scenario("quiet-office"), 3, [{"validate": "gate"}, {}])
    space: dict = {}
    exec(game.playbooks(), space)
    programme = sim.Programme(game.scenario, seed=3)
    for choices in game.played:
        programme.step(playbook(choices))
    assert space["replay"]().equals(programme.run())


def test_what_if_keeps_the_past_and_what_was_decided_later_otherwise():
    played = [
        {"validate": "gate"},
        {"validate": "gate", "tag": "everything"},
        {"validate": "gate", "scale": "to-the-load"},
    ]
    plan = what_if(played, 2, {"validate": "strict-gate", "tag": "everything"})
    assert plan == [
        {"validate": "gate"},
        {"validate": "strict-gate", "tag": "everything"},
        {"validate": "strict-gate", "scale": "to-the-load"},
    ]
    assert what_if(played, 1, {})[2] == {"scale": "to-the-load"}
    assert what_if(played, 1, {"validate": "gate", "validate@a": "strict-gate"})[2] == {
        "validate": "gate",
        "validate@a": "strict-gate",
        "scale": "to-the-load",
    }
