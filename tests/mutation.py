"""A mutation run over a sample: so many changes of each file, drawn by lot, each file in proportion to its own.

Run with ``make mutate``. The order of the lot is the same every time, so that a larger sample holds the smaller, and
what a run that was stopped has tried is not tried again, unless the function was changed since. The exit code is 1 if
too few changes are noticed.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scipy import stats

ROOT = Path(__file__).resolve().parent.parent
SEED = "mutants"
SAMPLE, FEWEST = 300, 25
"""Mutants to try in all, and at least in each file, as far as it has so many."""

WANTED = 0.85
"""Share that a test should notice."""

UNTRIED = {"not checked", "check was interrupted by user"}
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}
"""What mutmut says of a mutant that did not get away."""

MAKE = "sim.streams.*__mutmut_1"
"""A few mutants of a small file: to try them, mutmut first makes all of them."""


@dataclass(frozen=True)
class Line:
    """What was found in one file: its mutants, those drawn, those tried and those noticed."""

    place: str
    mutants: int
    drawn: int
    tried: int
    noticed: int


def main(arguments: list[str] | None = None) -> int:
    """Draw, try what has not been tried, and say what was noticed; return 1 if that is too little."""
    given = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    given.add_argument("--sample", type=int, default=SAMPLE, help=f"mutants to try ({SAMPLE})")
    given.add_argument("--jobs", type=int, default=2, help="processes (2)")
    chosen = given.parse_args(arguments)
    places = mutated()
    if stale(places):
        mutmut("run", "--max-children", str(chosen.jobs), MAKE)
    found = results()
    drawn = sample(found, places, chosen.sample)
    left = [name for name in drawn if found[name] in UNTRIED]
    if left:
        mutmut("run", "--max-children", str(chosen.jobs), *left)
        found = results()
    print(page(found, drawn, places))
    share, _, _ = overall(lines(found, drawn, places))
    return 0 if share >= WANTED else 1


def mutated() -> list[str]:
    """Return the files that are mutated, as `pyproject.toml` names them."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]


def stale(places: list[str], root: Path = ROOT) -> bool:
    """Say whether mutants have still to be made, or a file has been changed since they were."""
    pairs = [(path, root / "mutants" / path.relative_to(root)) for place in places for path in root.glob(place)]
    return any(not made.exists() or path.stat().st_mtime >= made.stat().st_mtime for path, made in pairs)


def mutmut(*words: str) -> None:
    """Run mutmut; raise `subprocess.CalledProcessError` if it fails."""
    subprocess.run([sys.executable, "-m", "mutmut", *words], cwd=ROOT, check=True)


def results() -> dict[str, str]:
    """Return what became of each mutant that has been made, by name."""
    command = [sys.executable, "-m", "mutmut", "results", "--all", "true"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return dict(line.strip().rsplit(": ", 1) for line in said.splitlines() if "__mutmut_" in line)


def place_of(name: str, places: Iterable[str]) -> str:
    """Return which of the files, or folders of files, a mutant's name lies in."""
    path = name.rpartition(".")[0].replace(".", os.sep)
    return next(p for p in places if path == p.removesuffix(".py") or path.startswith(p.removesuffix("*.py")))


def sample(found: Iterable[str], places: list[str], wanted: int) -> list[str]:
    """Draw mutants by lot: from each place in proportion, at least `FEWEST`, at most all.

    Parameters
    ----------
    found : iterable of str
        Names of all mutants, in any order.
    places : list of str
        As `mutated` returns them.
    wanted : int
        How many in all; the least from each place may make it a few more.

    Returns
    -------
    list of str
        Names, place by place.
    """
    names = sorted(found)
    drawn = []
    for place in places:
        mine = [name for name in names if place_of(name, places) == place]
        random.Random(f"{SEED}/{place}").shuffle(mine)
        drawn += mine[: max(FEWEST, round(wanted * len(mine) / len(names)))]
    return drawn


def lines(found: dict[str, str], drawn: list[str], places: list[str]) -> list[Line]:
    """Count, place by place."""
    counted = []
    for place in places:
        mine = [name for name in drawn if place_of(name, places) == place]
        tried = [name for name in mine if found[name] not in UNTRIED]
        noticed = sum(found[name] in NOTICED for name in tried)
        counted.append(
            Line(place, sum(place_of(name, places) == place for name in found), len(mine), len(tried), noticed)
        )
    return counted


def overall(counted: list[Line]) -> tuple[float, float, float]:
    """Return the share noticed among all mutants, and its 95 % interval, each place by its own weight.

    A place that has not been tried makes all three zero. The variance within a place is taken at the share with two
    more of each kind (Agresti and Coull 1998), as it would be nothing where all were noticed, and is less by what was
    tried.
    """
    if not all(line.tried for line in counted):
        return 0.0, 0.0, 0.0
    whole = sum(line.mutants for line in counted)
    share = sum(line.mutants / whole * line.noticed / line.tried for line in counted)
    variance = 0.0
    for line in counted:
        near = (line.noticed + 2) / (line.tried + 4)
        left = 1 - line.tried / line.mutants
        variance += (line.mutants / whole) ** 2 * near * (1 - near) / (line.tried + 4) * left
    half = stats.norm.ppf(0.975) * math.sqrt(variance)
    return share, max(share - half, 0.0), min(share + half, 1.0)


def page(found: dict[str, str], drawn: list[str], places: list[str]) -> str:
    """Return the table of a run, and the mutants that got away."""
    counted = lines(found, drawn, places)
    rows = ["| file | mutants | drawn | tried | noticed | share | 95 % |", "|---|--:|--:|--:|--:|--:|--:|"]
    for line in counted:
        said = "| | "
        if line.tried:
            low, high = stats.binomtest(line.noticed, line.tried).proportion_ci(method="wilson")
            said = f"| {line.noticed / line.tried:.0%} | {low:.0%} to {high:.0%} "
        rows.append(f"| `{line.place}` | {line.mutants:,} | {line.drawn} | {line.tried} | {line.noticed} {said}|")
    share, low, high = overall(counted)
    if share:
        total = [sum(getattr(line, name) for line in counted) for name in ("mutants", "drawn", "tried", "noticed")]
        rows.append(
            "| all, by weight | {:,} | {} | {} | {} ".format(*total) + f"| {share:.0%} | {low:.0%} to {high:.0%} |"
        )
    away = [f"{name}: {found[name]}" for name in drawn if found[name] not in NOTICED | UNTRIED]
    return "\n".join([*rows, "", f"Not noticed ({len(away)}; `mutmut show NAME` shows the change):", *away])


if __name__ == "__main__":
    sys.exit(main())
