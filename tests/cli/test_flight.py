"""The command on the real simulator: short flights, and every kind of bad input that a person may type."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import sim

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def short(tmp_path) -> Path:
    """The default department for one quarter, as a file of one's own."""
    path = tmp_path / "short.yml"
    scenario = sim.load_scenario("household-support").replace(quarters=1)
    path.write_text(yaml.safe_dump(scenario.model_dump(mode="json")))
    return path


def test_a_run_can_be_saved_and_read_back(trinity, short):
    result = trinity("run", str(short), "--seed", "3", "--out", "saved")
    assert result.exit_code == 0, result.stderr
    assert "Net public value" in result.stdout
    again = sim.simulate(sim.load_scenario(short), sim.Playbook(), seed=3)
    assert sim.Run.load("saved").equals(again)


def test_the_same_playbook_twice_differs_by_exactly_zero(trinity, short):
    result = trinity("compare", str(short), "--playbook", "naive", "--playbook", "naive", "--seeds", "2")
    assert result.exit_code == 0, result.stderr
    assert "no difference at all" in result.stdout
    assert "excludes zero" not in result.stdout
    assert "includes zero" not in result.stdout


def test_the_readmes_own_playbook_flies(trinity, short, tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1)
    (tmp_path / "rules.py").write_text("\n".join(line.removeprefix("   ") for line in code.splitlines()))
    result = trinity("run", str(short), "--playbook", "rules.py:mine")
    assert result.exit_code == 0, result.stderr


def test_scenarios_that_ship_are_listed(trinity):
    assert "household-support" in trinity("scenarios").stdout


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace("quarters:", "quartres:"), "quarters"),
        (lambda text: text.replace("quarters: 1", "quarters: -1"), "quarters"),
        (lambda text: re.sub(r"funding_gbp: .*", "funding_gbp: -5", text), "funding_gbp"),
        (lambda text: text + "\n  : [", "YAML"),
        (lambda text: "", "fields"),
    ],
    ids=["misspelt field", "impossible horizon", "negative money", "corrupt YAML", "empty file"],
)
def test_a_bad_scenario_is_one_paragraph_and_saves_nothing(trinity, short, tmp_path, change, word):
    short.write_text(change(short.read_text()))
    result = trinity("run", str(short), "--out", "saved")
    assert result.exit_code == 2
    assert word in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "saved").exists()


def test_a_decision_of_the_wrong_shape_is_one_paragraph(trinity, short, tmp_path):
    (tmp_path / "rules.py").write_text("import sim\n\nmine = sim.Playbook().replace(validate=lambda batch: batch)\n")
    result = trinity("run", str(short), "--instant", "--playbook", "rules.py:mine", "--out", "saved")
    assert result.exit_code == 2
    assert "validate" in result.stderr
    assert not (tmp_path / "saved").exists()


def test_a_misspelt_decision_is_told_at_its_line(trinity, short, tmp_path):
    (tmp_path / "rules.py").write_text("import sim\n\nmine = sim.Playbook().replace(validat=None)\n")
    result = trinity("run", str(short), "--playbook", "rules.py:mine")
    assert result.exit_code == 2
    assert result.stderr.startswith("rules.py, line 3")
    assert "'validate'" in result.stderr


def test_a_full_disk_is_one_paragraph_and_leaves_nothing(short, tmp_path):
    """A limit on the size of files stands in for the full disk."""
    out = tmp_path / "there" / "saved"
    out.parent.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "run", str(short), "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048)),
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(out.parent.iterdir()) == []


@pytest.mark.slow
def test_the_demo_on_the_real_simulator(trinity, tmp_path):
    result = trinity("demo")
    assert result.exit_code == 0, result.stderr
    assert "Figure: build/demo.png" in result.stdout
    assert (tmp_path / "build" / "demo.png").stat().st_size > 10_000
