"""Whole submissions of a module, made without a notebook: the model's answers, and others with some of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from course import lesson
from course.errors import CourseError
from sim.errors import unknown

MODULES = Path(__file__).resolve().parent / "modules"
OTHERS = "others.yml"
"""Holds a module's other submissions, by name: for each task that differs, the source of its answer."""

MODEL = "model"
BEGIN = """
import copy, json
import numpy as np, pandas as pd, sim
import pandera.pandas as pa
from sim.data import promise
features = list(sim.load_scenario('household-support').service('claims-triage').feature_names)
"""
"""What the lessons' own cells have made by the time of an answer."""


def others(module: str, modules: Path = MODULES) -> dict[str, dict[str, str]]:
    """Return a module's submissions by name, the model's first: for each, the answers that differ from the model's.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    modules : Path
        Where modules lie.

    Raises
    ------
    CourseError
        If the module has no such file.
    """
    path = modules / module / OTHERS
    if not path.is_file():
        known = [folder.name for folder in modules.iterdir() if (folder / OTHERS).is_file()]
        raise CourseError(unknown("module with other submissions", module, known))
    return {MODEL: {}, **yaml.safe_load(path.read_text(encoding="utf-8"))}


def handed(module: str, changes: Mapping[str, str] | None = None, modules: Path = MODULES) -> dict[str, Any]:
    """Return what a submission hands over for each task that a check marks; it runs the answers here and now.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    changes : mapping of str to str, optional
        Source of the answers that differ from the model's, by task.
    modules : Path
        Where modules lie.

    Returns
    -------
    dict
        By task, as ``"m09.monitor"``.
    """
    found: dict[str, Any] = {}
    names: dict[str, Any] = {"check": found.__setitem__}
    exec(BEGIN, names)
    for piece in lesson.read(modules / module / "lesson.py"):
        if piece.purpose == "answer":
            exec(
                compile({piece.name: piece.source, **(changes or {})}[piece.name], f"{module}-{piece.name}", "exec"),
                names,
            )
        elif piece.purpose == "check":
            exec(piece.source, names)
    return found


def submission(module: str, name: str) -> dict[str, Any]:
    """Return what one of a module's submissions hands over, by task; see `others` and `handed`."""
    return handed(module, others(module)[name])
