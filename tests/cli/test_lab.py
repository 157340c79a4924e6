"""`trinity lab` and `trinity course`: the port, the course, and handing over to JupyterLab."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cli.port import free_near, why_not
from sim.errors import TrinityError


@pytest.fixture
def built(monkeypatch, tmp_path):
    """A stand-in for the course's builder; notes what was asked of it."""
    calls = []
    fake = ModuleType("course.build")

    def build():
        calls.append("build")
        return ["Built m09 [new]."]

    def reset(module):
        calls.append(f"reset {module}")
        if module != "m09":
            raise TrinityError(f"There is no module named {module!r}. Allowed: m09.")
        return ["Clean copy: workspace/m09/m09-clean-1.ipynb"]

    def mark(module, progress):
        calls.append(f"mark {module}")
        progress("Running your notebook ...")
        return ["You have 21 of 27 points so far."]

    fake.build, fake.reset, fake.mark, fake.WORKSPACE = build, reset, mark, tmp_path
    fake.lab_arguments = lambda port, browser: [f"--port={port}", f"--browser={browser}"]
    fake.lab_environment = lambda: {"PATH": "/usr/bin"}
    monkeypatch.setitem(sys.modules, "course.build", fake)
    monkeypatch.setattr("course.build", fake, raising=False)
    return calls


@pytest.fixture
def handed_over(monkeypatch):
    calls = []
    monkeypatch.chdir(Path.cwd())
    monkeypatch.setattr(
        os, "execve", lambda program, arguments, environment: calls.append((program, arguments, environment))
    )
    return calls


def test_builds_then_hands_over(trinity, built, handed_over, tmp_path):
    result = trinity("lab", "--port", "28999", "--no-browser")
    assert result.exit_code == 0, result.stderr
    assert "Built m09 [new]." in result.stdout
    ((program, arguments, environment),) = handed_over
    assert program == sys.executable
    assert arguments == [sys.executable, "-m", "jupyterlab", "--port=28999", "--browser=False"]
    assert environment == {"PATH": "/usr/bin"}
    assert Path.cwd() == tmp_path, "a new terminal opens in the workspace"


def test_marks_and_says_what_it_does_meanwhile(trinity, built):
    result = trinity("course", "mark", "m09")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == ["Running your notebook ...", "You have 21 of 27 points so far."]


def test_a_port_in_use_is_refused_before_building(trinity, built, handed_over, listening):
    result = trinity("lab", "--port", str(listening))
    assert result.exit_code == 2
    assert f"Port {listening} is in use by another program" in result.stderr
    assert "make lab PORT=" in result.stderr
    assert built == handed_over == []


def test_a_port_that_does_not_exist(trinity, built):
    assert trinity("lab", "--port", "70000").exit_code == 2
    assert built == []


def test_the_next_free_port_of_ten(monkeypatch):
    monkeypatch.setattr("cli.port.why_not", lambda number: "is taken" if number < 105 else None)
    assert free_near(100) == 105
    assert free_near(94) is None


def test_a_port_in_use(listening):
    assert why_not(listening) == "is in use by another program"


def test_course_build_and_reset(trinity, built):
    assert trinity("course", "build").stdout == "Built m09 [new].\n"
    assert trinity("course", "reset", "m09").stdout == "Clean copy: workspace/m09/m09-clean-1.ipynb\n"
    assert built == ["build", "reset m09"]


def test_an_unknown_module_is_refused(trinity, built):
    result = trinity("course", "reset", "m99")
    assert result.exit_code == 2
    assert result.stderr == "There is no module named 'm99'. Allowed: m09.\n"
