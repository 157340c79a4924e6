"""One submission's trail: what was handed in, by what it was marked, on whose worlds, and what each task earned."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import autograder
import sim
from autograder.errors import MarkingError
from autograder.variants import Secret, Variant

PLACE = Path(".trinity", "trail")
PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "simpy", "duckdb", "nbgrader")


@dataclass(frozen=True)
class Trail:
    """What must be known to make a submission's marks again.

    Attributes
    ----------
    module, learner : str
        Whose.
    submission : str
        SHA-256 of the notebook as handed in, in hexadecimal; empty where it could not be found.
    variant : int
        From which the learner's worlds are made; nought for the public ones.
    secret : str
        Name of the secret that it follows from; empty without one.
    sealed : bool
        Whether the worlds were the learner's own; otherwise these are practice marks.
    walls : str
        What stood between the learner's code and the machine.
    versions : dict of str to str
        Of Python, the libraries, and the project's own code (a digest of it).
    marks : dict of str to dict
        By task: ``points``, ``of``, ``fate`` and ``seconds``.
    losses : list of str
        How processes that were lost ended.
    """

    module: str
    learner: str
    submission: str
    variant: int
    secret: str
    sealed: bool
    walls: str
    versions: dict[str, str]
    marks: dict[str, dict[str, Any]]
    losses: list[str]

    @property
    def points(self) -> dict[str, float]:
        """Points earned, by task."""
        return {task: about["points"] for task, about in self.marks.items()}


@lru_cache(maxsize=1)
def versions() -> Mapping[str, str]:
    """Return the versions of everything that a mark rests on."""
    found = {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in PACKAGES}}
    return {**found, "code": _code()}


def _code() -> str:
    """Return a digest of the simulator and the marking: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for package in (sim, autograder):
        root = Path(package.__file__).resolve().parent
        for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".yml")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; empty if there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def trail_path(course: Path, module: str, learner: str) -> Path:
    """Return where a submission's trail lies."""
    return course / PLACE / module / f"{learner}.json"


def write_trail(course: Path, submitted: Path, variant: Variant, secret: Secret | None, found: Any, walls: str) -> Path:
    """Write a submission's trail, whole or not at all.

    Parameters
    ----------
    course : Path
        The course's folder.
    submitted : Path
        The notebook as handed in: ``.../<learner>/<module>/<module>.ipynb``.
    variant, secret : Variant, Secret or None
        Whose worlds.
    found : Marked
        What marking came to.
    walls : str
        Which.

    Returns
    -------
    Path
        Where it lies.
    """
    module, learner = submitted.parent.name, submitted.parent.parent.name
    marks = {
        task: {
            "points": mark.points,
            "of": mark.outcome.worth,
            "fate": mark.fate,
            "seconds": round(mark.seconds, 3),
            "criteria": [[c.name, c.points, c.earned] for c in mark.outcome.criteria],
        }
        for task, mark in found.marks.items()
    }
    trail = Trail(
        module=module,
        learner=learner,
        submission=digest_of(submitted),
        variant=variant.number,
        secret=secret.name if secret else "",
        sealed=not variant.open,
        walls=walls,
        versions=dict(versions()),
        marks=marks,
        losses=list(found.losses),
    )
    path = trail_path(course, module, learner)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(trail), indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def read_trail(course: Path, module: str, learner: str) -> Trail | None:
    """Return a submission's trail; None if it has none.

    Raises
    ------
    MarkingError
        If it cannot be understood.
    """
    path = trail_path(course, module, learner)
    try:
        return Trail(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise MarkingError(
            f"The trail {path} cannot be read: {error}. Delete it, and mark that learner again."
        ) from None
