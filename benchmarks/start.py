"""What it takes to import the simulator, beside scikit-learn, which it does without until a model is needed."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from rich.table import Table

ROUNDS = 9

AT_MOST = 1 / 3
"""Share of the time of scikit-learn that the simulator may take."""

WHAT = {
    "nothing": "pass",
    "import sklearn": "import sklearn",
    "import sim": "import sim",
    "a scenario": "import sim; sim.load_scenario('household-support')",
    "a playbook": "import sim; sim.practices.reference()",
    "a programme": "import sim; sim.Programme",
}
"""What is done in a fresh process."""


def tables() -> Iterator[Table]:
    """Time each in processes of its own, turn by turn, and take off what a bare interpreter takes."""
    taken: dict[str, list[float]] = {name: [] for name in WHAT}
    for _ in range(ROUNDS):
        for name, code in WHAT.items():
            before = _of_children()
            subprocess.run([sys.executable, "-c", code], check=True)
            taken[name].append(_of_children() - before)
    bare = median(taken["nothing"])
    whole = median(taken["import sklearn"]) - bare
    table = Table(title=f"Start (median of {ROUNDS} fresh processes, beyond a bare interpreter's {bare * 1000:.0f} ms)")
    for heading in ("what", "ms", "of scikit-learn", "at most", "loads scikit-learn"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for name, code in WHAT.items():
        if name != "nothing":
            mine = median(taken[name]) - bare
            limit = f"{AT_MOST:.2f}" if name == "import sim" else ""
            table.add_row(name, f"{mine * 1000:.0f}", f"{mine / whole:.2f}", limit, _loads(code))
    yield table


def _of_children() -> float:
    """Return the processor's seconds that the processes started and ended from here have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _loads(code: str) -> str:
    """Say whether some code loads scikit-learn."""
    asked = f"{code}; import sys; print('yes' if 'sklearn' in sys.modules else 'no')"
    return subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()
