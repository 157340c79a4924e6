"""One submission's trail: what was handed in, by what it was marked, on whose worlds, and what each task earned."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    beside : dict of str to str
        SHA-256 of each file that was handed in beside the notebook, or stands beside the course's own, by name.
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
    beside: dict[str, str] = field(default_factory=dict)

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


def digests_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, in hexadecimal, by name."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def digest_of_lesson(course: Path, module: str) -> str:
    """Return a digest of what the course itself says to a mark: lesson, quiz, points; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in (course / "source" / module / f"{module}.ipynb", course / "syllabus.yml", *_questions(course, module)):
        digest.update(path.name.encode() + b"\0" + digest_of(path).encode())
    return digest.hexdigest()[:16]


def _questions(course: Path, module: str) -> list[Path]:
    path = course / "modules" / module / "quiz.yml"
    return [path] if path.is_file() else []


def trail_path(course: Path, module: str, learner: str) -> Path:
    """Return where a submission's trail lies."""
    return course / PLACE / module / f"{learner}.json"


def draft_path(course: Path, module: str, learner: str) -> Path:
    """Return where a submission's trail waits until everything else has been written."""
    return course / PLACE / module / f"{learner}.draft"


def trail_of(
    course: Path,
    submitted: Path,
    variant: Variant,
    secret: Secret | None,
    found: Any,
    walls: str,
    files: Mapping[str, bytes],
) -> Trail:
    """Return a submission's trail.

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
    files : mapping of str to bytes
        What lay beside the notebook, by name.

    Returns
    -------
    Trail
        Not yet kept anywhere.
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
    return Trail(
        module=module,
        learner=learner,
        submission=digest_of(submitted),
        variant=variant.number,
        secret=secret.name if secret else "",
        sealed=not variant.open,
        walls=walls,
        versions={**versions(), "lesson": digest_of_lesson(course, module)},
        marks=marks,
        losses=list(found.losses),
        beside=digests_of(files),
    )


def write_trail(course: Path, trail: Trail, draft: bool = False) -> Path:
    """Write a submission's trail, whole or not at all.

    Parameters
    ----------
    course : Path
        The course's folder.
    trail : Trail
        From `trail_of`.
    draft : bool
        Whether it waits, as something has still to be written before the submission counts as marked; see
        `settle_trail`.

    Returns
    -------
    Path
        Where it lies.
    """
    path = (draft_path if draft else trail_path)(course, trail.module, trail.learner)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(json.dumps(asdict(trail), indent=1) + "\n", encoding="utf-8")
    half.replace(path)
    return path


def settle_trail(course: Path, module: str, learner: str) -> bool:
    """Let a trail that waits count, in one step; return whether there was one."""
    try:
        draft_path(course, module, learner).replace(trail_path(course, module, learner))
    except FileNotFoundError:
        return False
    return True


def forget_trail(course: Path, module: str, learner: str) -> None:
    """Let a submission count as unmarked."""
    for path in (trail_path(course, module, learner), draft_path(course, module, learner)):
        path.unlink(missing_ok=True)


def read_trail(course: Path, module: str, learner: str) -> Trail | None:
    """Return a submission's trail; None if it has none.

    Raises
    ------
    MarkingError
        If it cannot be understood.
    """
    path = trail_path(course, module, learner)
    return load_trail(path) if path.exists() else None


def load_trail(path: Path) -> Trail:
    """Read a trail from wherever it lies.

    Raises
    ------
    MarkingError
        If it cannot be understood.
    """
    try:
        return Trail(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise MarkingError(
            f"The trail {path} cannot be read: {error}. Delete it, and mark that learner again."
        ) from None
