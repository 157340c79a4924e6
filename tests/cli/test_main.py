"""The front door: help, refusals, interruptions, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "run",
    "compare",
    "export",
    "demo",
    "scenarios",
    "lab",
    "mark",
    "fairness",
    "doctor",
    "course build",
    "course reset",
    "course seal",
)


def process(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(trinity, command):
    result = trinity(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"trinity {command}" in result.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from cli.main import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'matplotlib', 'sim.programme', 'course.build'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_refusal_is_one_paragraph_and_code_2(trinity, flight):
    result = trinity("run", "houshold-support")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "There is no scenario named 'houshold-support'. Did you mean 'household-support'?\n"


def test_a_refusal_is_printed_as_it_is(trinity, flight):
    assert "[red]" in trinity("run", "[red]").stderr


def test_a_wrong_option_is_code_2(trinity):
    assert trinity("run", "household-support", "--seed", "x").exit_code == 2
    assert trinity("run", "household-support", "--seed", "-1").exit_code == 2
    assert trinity("compare", "household-support").exit_code == 2


def test_an_interruption_is_one_line_and_code_130(trinity, flight, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim, "simulate", interrupt)
    result = trinity("run", "household-support")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted.\n"


def test_a_fault_of_our_own_is_not_hidden(trinity, flight, monkeypatch):
    def break_down(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(sim, "simulate", break_down)
    with pytest.raises(ZeroDivisionError):
        trinity("run", "household-support")


def test_a_real_process_refuses_without_a_traceback(tmp_path):
    done = process("compare", "household-support", "--playbook", "naive", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("A comparison needs at least two playbooks")
    assert len(done.stderr.splitlines()) == 1


def test_a_real_process_shows_help():
    done = process("--help")
    assert done.returncode == 0
    assert "trinity demo" in done.stdout
