"""What was told to one learner about each task, kept beside the trail for whoever marks the class."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.effect import DECISIONS, POUNDS, Effect
from autograder.errors import MarkingError
from autograder.feedback import words
from autograder.marks import cleaning
from autograder.marks.mark import Mark

PLACE = Path(".trinity", "feedback")


def row(mark: Mark) -> dict[str, Any]:
    """Return what is told of one task: points, fate, words, and what it was worth in figures.

    Parameters
    ----------
    mark : Mark
        What the task earned, and why.

    Returns
    -------
    dict
        Keys as the columns of `autograder.feedback.table.table`, but for module and learner. Gains are means over the
        worlds, positive where the answer was better than naive practice; None where there is no such figure.
    """
    effect = mark.outcome.effect
    said = {
        "tried": words.tried(mark),
        "did": words.did(mark),
        "worth": "" if effect is None else " ".join(words.worth(effect)),
        "next_step": words.next_step(mark),
    }
    return {
        "points": mark.points,
        "of": mark.outcome.worth,
        "fate": mark.fate,
        **_gains(effect),
        **{key: cleaning.plain(text) for key, text in said.items()},
    }


def _gains(effect: Effect | None) -> dict[str, float | None]:
    """Return the learner's and the reference's mean gain over naive practice, in pounds and in wrong decisions."""
    found: dict[str, float | None] = {}
    for unit, name in ((POUNDS, "gain_gbp"), (DECISIONS, "wrong_decisions_avoided")):
        measure = None if effect is None else effect.worth(unit)
        for of, whose in (("mine", ""), ("best", "reference_")):
            found[whose + name] = None if measure is None else round(float(measure.gain(of).mean()), 2)
    return found


def write_feedback(course: Path, module: str, learner: str, marks: Mapping[str, Mark]) -> Path:
    """Write what was told to a learner, whole or not at all.

    Parameters
    ----------
    course : Path
        The course's folder.
    module, learner : str
        Whose.
    marks : mapping of str to Mark
        By task, in the order of the notebook.

    Returns
    -------
    Path
        Where it lies.
    """
    path = course / PLACE / module / f"{learner}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps({task: row(mark) for task, mark in marks.items()}, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def read_feedback(course: Path, module: str, learner: str) -> dict[str, dict[str, Any]]:
    """Return what was told to a learner, by task; empty if nothing was.

    Raises
    ------
    MarkingError
        If it cannot be understood.
    """
    path = course / PLACE / module / f"{learner}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise MarkingError(
            f"The feedback {path} cannot be read: {error}. Mark that learner again with --again."
        ) from None
