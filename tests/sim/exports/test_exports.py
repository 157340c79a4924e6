"""The room as a whole: its names, and what it does not load until it is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sim

ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = ("openlineage", "open_data_contract_standard", "mlflow", "httpx2")


def test_the_names_of_the_room():
    assert sim.exports.__all__ == [
        "atrs", "atrs_markdown", "focus", "mlflow", "model_card", "odcs", "openlineage", "openmetrics", "prometheus",
    ]  # fmt: skip
    assert all(callable(getattr(sim.exports, name)) for name in sim.exports.__all__)


def test_no_format_is_loaded_before_it_is_asked_for():
    code = f"import sim, sys; sim.exports.odcs; print(sorted(set({LIBRARIES}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
