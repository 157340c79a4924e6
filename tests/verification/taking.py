"""Taking the parts of a check: shown as they come, noted one by one, and gone on with after a kill."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np

from sim.experiments.notes import Notes
from tests.verification.check import Check, Row

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "verification"
"""Where notes are kept, a folder for each check as long as neither it nor the simulator changes."""


def simulator() -> str:
    """Return a mark of everything that a run hangs on: the simulator's files."""
    files = sorted(p for p in (ROOT / "sim").rglob("*") if p.suffix in (".py", ".yml"))
    return _mark(files)


def _mark(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:12]


def place(check: Check, module: Path, mark: str, build: Path = BUILD) -> Path:
    """Return a check's folder: by its name, by the files that measure, and by the simulator's mark."""
    mine = _mark([module, *sorted(module.parent.glob("facts.py"))])
    name = hashlib.sha256("\n".join(check.rows).encode()).hexdigest()[:8]
    return build / f"{module.stem}-{name}-{mine}-{mark}"


def take(
    check: Check, folder: Path, jobs: int | None = None, most: int | None = None, told: Callable[[], None] | None = None
) -> list[Row]:
    """Measure what of a check has not been measured yet, and conclude.

    Parameters
    ----------
    check : Check
        What is to be verified.
    folder : Path
        Where each part is noted at once.
    jobs : int, optional
        Processes; one when left out.
    most : int, optional
        Parts at most; all of them when left out.
    told : callable, optional
        Called after each part, also after those that were noted before.

    Returns
    -------
    list of Row
    """
    count = min(check.parts, most or check.parts)
    notes = Notes(folder, check.name)
    try:
        known = {part: found for part in range(count) if (found := notes.known("part", part)) is not None}
        for _ in known:
            if told is not None:
                told()
        tasks = (joblib.delayed(_one)(check, part) for part in range(count) if part not in known)
        for part, found in joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
            known[part] = found
            notes.add("part", part, found)
            if told is not None:
                told()
    finally:
        notes.close()
    return check.conclude(np.array([known[part] for part in range(count)], dtype=float))


def _one(check: Check, part: int) -> tuple[int, list[float]]:
    found = [float(value) for value in check.measure(part)]
    if any(math.isinf(value) for value in found):
        raise ValueError(f"{check.name}: part {part} measured {found}, but a number or NaN was expected.")
    return part, found
