"""The verification report: every check with its interval, and whether it holds.

Run with ``make verify``. Progress is shown, what has been measured is noted under ``build/verification``, and a report
that was stopped goes on from there as long as the simulator is the same. The exit code is 1 if anything does not hold.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.verification import (
    commitments,
    conservation,
    discounting,
    distances,
    drift_alarms,
    monotonicity,
    queues,
    same_worlds,
    spots,
    stylised,
)
from tests.verification.check import Check, Row
from tests.verification.taking import BUILD, ROOT, place, simulator, take

MODULES = (
    queues,
    spots,
    commitments,
    discounting,
    distances,
    drift_alarms,
    conservation,
    same_worlds,
    monotonicity,
    stylised,
)

SECTIONS = {
    "theory": (
        "A simulated value with its interval beside what theory says. It holds within three standard errors (z), or "
        "within the tolerance shown as its interval where chance has no part."
    ),
    "conservation": (
        "Worlds of random services, estates, organisations and budgets under random playbooks, played to the end. "
        "Shown is the share in which something did not balance, with the upper bound of its chance at 95 %."
    ),
    "worlds": (
        "Shown is the share of the things compared that differ, with the upper bound of its chance at 95 %; none may."
    ),
    "monotonicity": (
        "What each step of more does, seed by seed in the same world, signed so that a positive step would be wrong. "
        "It holds only if no step in any world is above zero; the interval is of the mean step."
    ),
    "stylised facts": (
        "`practices.typical()` on `household-support`: the mean over worlds with its 95 % interval, beside a band that "
        "was written down before the runs (`tests/verification/bands.yml`, which says how each figure is asked of a "
        "run's frames). No band was moved to fit a run. Some inputs were set with an eye on the very figures: the "
        "second table names them, and a fact that rests on one is no independent evidence."
    ),
}

CALIBRATED = (
    (
        "`last_year_gbp`",
        "£75,000 in `household-support`",
        "so that naive bids are out by about as much as cloud budgets are (17 to 23 %)",
        "forecast error, budget overrun",
    ),
    (
        "`suspect_hours`, `repair_hours`",
        "by kind of incident",
        "so that search and repair are together the work of the 15 hours surveyed",
        "time to detect and to fix data incidents",
    ),
    ("`bug_share`", "0.15", "between DORA's change failure rates", "change failure rate, DORA cluster"),
    (
        "`roll_back_hours`, `rebuild_hours`",
        "2 and 30 hours",
        "from DORA's times to restore",
        "none checked; DORA's other measures",
    ),
    ("`release_days`", "7", "from the month that a first deployment takes (Algorithmia)", "DORA cluster"),
)
"""Inputs that were set with an eye on published figures: name, value, how, and which checked facts they touch."""

Result = tuple[Check, str, Row]


def main(arguments: list[str] | None = None) -> int:
    """Take every check and write the report; return 1 if one does not hold, explained or not, else 0."""
    given = argparse.ArgumentParser(prog="make verify", description=__doc__)
    given.add_argument("--jobs", type=int, default=1, help="processes (1)")
    given.add_argument("--only", choices=sorted(SECTIONS), action="append", help="sections (all)")
    given.add_argument("--most", type=int, help="parts of a check at most (all)")
    given.add_argument("--page", type=Path, action="append", default=[], help="a further place for the report")
    chosen = given.parse_args(arguments)
    console, began = Console(), time.monotonic()
    results = list(taken(chosen.only or list(SECTIONS), chosen.jobs, chosen.most, console))
    text = page(results, chosen.most, circumstances(chosen.jobs, time.monotonic() - began))
    for path in (BUILD / "report.md", *chosen.page):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        console.print(f"Written: {path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path}")
    missed = [name for check, name, row in results if not row.passed]
    explained = {name for name, about in stylised.bands().items() if "outside" in about}
    for name in missed:
        console.print(f"{'outside, and explained:' if name in explained else '[red]does not hold:[/red]'} {name}")
    console.print(f"{len(results) - len(missed)} of {len(results)} hold.")
    return 1 if missed else 0


def taken(sections: list[str], jobs: int, most: int | None, console: Console) -> Iterator[Result]:
    """Take the checks of some sections, section by section, and show how far it is."""
    checks = [(module, check) for s in sections for module in MODULES for check in module.CHECKS if check.section == s]
    mark = simulator()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        whole = progress.add_task("verification", total=sum(min(c.parts, most or c.parts) for _, c in checks))
        for module, check in checks:
            folder = place(check, Path(module.__file__), mark)
            progress.update(whole, description=f"{check.section}: {check.name[:60]}")
            rows = take(check, folder, jobs, most, lambda: progress.advance(whole))
            yield from ((check, name, row) for name, row in zip(check.rows, rows, strict=True))


def circumstances(jobs: int, seconds: float) -> str:
    """Say how the figures were taken."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "scikit-learn", "simpy"))
    return (
        f"Taken on {date.today():%-d %B %Y} with Python {platform.python_version()}, {versions}, on "
        f"{os.cpu_count()} cores, in {jobs} process{'es' * (jobs > 1)}; this took {seconds / 60:.0f} minutes, "
        f"what was noted before not counted. Simulator {simulator()} (a digest of its files)."
    )


def page(results: list[Result], most: int | None, taken: str) -> str:
    """Return the report as Markdown."""
    passed = sum(bool(row.passed) for _, _, row in results)
    lines = [
        "# Verification report",
        "",
        f"{passed} of {len(results)} comparisons hold. Written by `make verify`; each check is one function, and the "
        "tests in `tests/verification` assert the same ones, but for the stylised facts: those are reported, and tests "
        "hold how they are reckoned.",
        "",
        taken,
        "",
    ]
    if most:
        lines += [f"This is a short report: at most {most} parts of each check were taken.", ""]
    for section, about in SECTIONS.items():
        mine = [result for result in results if result[0].section == section]
        if mine:
            lines += [
                f"## {section.capitalize()}",
                "",
                about,
                "",
                *(_facts(mine) if section == "stylised facts" else _table(mine)),
                "",
            ]
    return "\n".join(lines)


def _table(results: list[Result]) -> list[str]:
    heads = ("what", "measured", "interval", "wanted", "z", "n", "holds")
    rows = []
    for check, name, row in results:
        z = f"{row.z:+.2f}" if math.isfinite(row.z) else ""
        rows.append(
            (f"{name} ({check.unit})", _number(row.value), _span(row), _wanted(row), z, f"{row.count:.0f}", _holds(row))
        )
    return _lines(heads, rows)


def _facts(results: list[Result]) -> list[str]:
    rows = {name: row for _, name, row in results}
    held = stylised.facts(rows)
    heads = ("fact", "figure", "measured", "interval", "band", "published", "source", "worlds", "inside")
    lines = []
    for name, about in stylised.bands().items():
        if name in rows:
            row = rows[name]
            source = f"{about['source']} ({about['confidence']})"
            measured = (_number(row.value), _span(row), _wanted(row), about["published"], source, f"{row.count:.0f}")
            lines.append((about["fact"], f"{name} ({about['unit']})", *measured, _holds(row)))
    said = f"{sum(held.values())} of {len(held)} facts hold; one of several figures holds only if all of them do."
    why = [
        f"- **{name}**: {about['outside']}"
        for name, about in stylised.bands().items()
        if name in rows and not rows[name].passed and "outside" in about
    ]
    inputs = _lines(("input", "value", "how it was set", "facts that it touches"), CALIBRATED)
    circular = ["", "Inputs that were calibrated, and the facts that they touch:", "", *inputs]
    return [said, "", *_lines(heads, lines), *circular, *(["", "Why some lie outside:", "", *why] if why else [])]


def _lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]


def _span(row: Row) -> str:
    return f"{_number(row.low)} to {_number(row.high)}"


def _wanted(row: Row) -> str:
    if math.isinf(row.wanted_low):
        return f"at most {_number(row.wanted_high)}"
    if row.wanted_low == row.wanted_high:
        return _number(row.wanted_low)
    return f"{_number(row.wanted_low)} to {_number(row.wanted_high)}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "not measured"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}" if value else "0"


def _holds(row: Row) -> str:
    return "yes" if row.passed else "**no**"


if __name__ == "__main__":
    sys.exit(main())
