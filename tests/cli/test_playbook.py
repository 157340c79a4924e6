"""Naming a playbook: shipped ones, and a learner's file with everything that can be wrong in it."""

from __future__ import annotations

import pytest

import sim
from cli.playbook import load_playbook
from cli.refusal import Refusal

FILE = """\
import sim
from wishes import NAME

mine = sim.Playbook(NAME)
number = 7


def build():
    return sim.Playbook("built")


def needy(threshold):
    return sim.Playbook("needy")


def failing():
    return ratio(0)


def answers_seven():
    return 7


def ratio(cases):
    return 1 / cases
"""


@pytest.fixture
def rules(tmp_path, monkeypatch, flight):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wishes.py").write_text('NAME = "mine"\n')
    (tmp_path / "rules.py").write_text(FILE)
    return tmp_path / "rules.py"


def refusal(text: str) -> str:
    with pytest.raises(Refusal) as caught:
        load_playbook(text)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", ["naive", "typical", "reference"])
def test_shipped_playbooks(flight, name):
    assert load_playbook(name).name == name


def test_a_playbook_in_a_file(rules):
    assert load_playbook("rules.py:mine") == sim.Playbook("mine")
    assert load_playbook(f"{rules}:build") == sim.Playbook("built")


def test_an_unknown_name_lists_what_there_is(flight):
    assert refusal("refrence").endswith("FILE.py:NAME for your own. Did you mean 'reference'?")


def test_a_file_without_a_name(rules):
    assert "rules.py:NAME" in refusal("rules.py")


def test_a_missing_file(rules):
    assert refusal("no.py:mine") == "The playbook file 'no.py' cannot be read: No such file or directory."


def test_a_folder(rules, tmp_path):
    assert "cannot be read" in refusal(f"{tmp_path}:mine")


def test_a_missing_name(rules):
    message = refusal("rules.py:mind")
    assert message.startswith("rules.py has no 'mind'")
    assert message.endswith("Did you mean 'mine'?")


def test_a_wrong_kind(rules):
    assert refusal("rules.py:number").startswith("rules.py: number is a int, but a sim.Playbook is needed")
    assert refusal("rules.py:answers_seven").startswith("rules.py, line 20: answers_seven returns a int")


def test_a_function_that_fails_is_told_at_its_line(rules):
    message = refusal("rules.py:failing")
    assert message.startswith("rules.py, line 25, when failing() was called without arguments: ZeroDivisionError")


def test_a_function_that_wants_arguments(rules):
    assert "missing 1 required positional argument: 'threshold'" in refusal("rules.py:needy")


def test_a_syntax_error_is_told_at_its_line(rules):
    rules.write_text("import sim\nmine = sim.Playbook(\n")
    assert refusal("rules.py:mine").startswith("rules.py, line 2 (`mine = sim.Playbook(`): Python cannot read it")


def test_a_file_that_fails_is_told_at_its_line(rules):
    rules.write_text("import sim\n\nmine = sim.Playbok()\n")
    assert refusal("rules.py:mine").startswith("rules.py, line 3, while it was read: AttributeError")


def test_a_file_that_leaves_python(rules):
    rules.write_text("import sys\nsys.exit(0)\n")
    assert refusal("rules.py:mine").startswith("rules.py, line 2, while it was read: SystemExit")


@pytest.mark.parametrize("content", [b"\x00\x01", b"\xff\xfe\xfa"])
def test_a_file_that_is_not_text(rules, content):
    rules.write_bytes(content)
    assert "rules.py" in refusal("rules.py:mine")
