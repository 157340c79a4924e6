"""The result of a run: tidy frames, what they say in a few sentences, and how they are kept on disk."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import html
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from sim.errors import StorageError
from sim.scorecard import scorecard
from sim.summary import quantity, sentences

FORMAT = "trinity-run"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Run:
    """What one simulated programme left behind.

    Parameters
    ----------
    daily, quarterly, journal, ledger, billing, quality, incidents, models, cases, decisions, people, lineage
        The records, each a DataFrame; times in days from the start, money in GBP (the ledger's own in pence).
    scenario : str
        Name of the scenario.
    seed : int
        The public seed.
    days : int
        How long it lasted.
    targets : mapping of str to float
        Measure to the value it should reach, as the scenario sets them.
    timings : mapping of str to float
        Seconds of computing by part of the simulator. Not saved, and no part of what makes two runs equal.
    """

    daily: pd.DataFrame
    groups: pd.DataFrame
    quarterly: pd.DataFrame
    journal: pd.DataFrame
    ledger: pd.DataFrame
    billing: pd.DataFrame
    quality: pd.DataFrame
    incidents: pd.DataFrame
    models: pd.DataFrame
    cases: pd.DataFrame
    decisions: pd.DataFrame
    people: pd.DataFrame
    lineage: pd.DataFrame
    scenario: str
    seed: int
    days: int
    targets: Mapping[str, float]
    timings: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by name, in the order of `FRAMES`."""
        return {name: getattr(self, name) for name in FRAMES}

    def scorecard(self) -> pd.DataFrame:
        """Return the seven families of measures.

        Returns
        -------
        DataFrame
            Columns measure, family, service, value, unit, target, met.
        """
        return scorecard(self.frames, self.targets)

    def summary(self) -> str:
        """Return what happened, in a few plain sentences, one a line."""
        return "\n".join(self._sentences())

    def equals(self, other: Run) -> bool:
        """Say whether another run has the same scenario, seed, length, targets and frames, to the last bit.

        Parameters
        ----------
        other : Run

        Returns
        -------
        bool
            Frames are compared with their types, column order and index; `timings` are left out.
        """
        ours, theirs = ((run.scenario, run.seed, run.days, _normal(dict(run.targets))) for run in (self, other))
        return ours == theirs and all(
            a.equals(b) for a, b in zip(self.frames.values(), other.frames.values(), strict=True)
        )

    def save(self, path: str | Path) -> Path:
        """Write the run to a folder: one Parquet file for each frame, and a manifest.

        The folder is written beside its place under a temporary name and moved there when whole, so that it is never
        half there.

        Parameters
        ----------
        path : str or Path
            A folder that does not exist or is empty.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        StorageError
            The folder holds something, the disk is full, or writing there is not allowed. Nothing is left behind.
        """
        target = Path(path).expanduser().absolute()
        temporary = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}.part")
        made: list[Path] = []
        try:
            if target.exists() and (not target.is_dir() or any(target.iterdir())):
                raise StorageError(_occupied(target))
            _make_parents(target.parent, made)
            temporary.mkdir()
            made.append(temporary)
            self._write(temporary)
            temporary.replace(target)
            made.clear()
        except OSError as problem:
            raise StorageError(_unwritable(target, problem)) from problem
        finally:
            for folder in reversed(made):
                shutil.rmtree(folder, ignore_errors=True)
        return target

    def _write(self, folder: Path) -> None:
        files = {}
        for name, frame in self.frames.items():
            try:
                content = frame.to_parquet(path=None, engine="pyarrow")
            except pa.ArrowException as problem:
                raise StorageError(
                    f"The frame {name!r} cannot be written as Parquet: {problem}. Allowed: columns of one type each."
                ) from problem
            _put(folder / f"{name}.parquet", content)
            files[name] = {"rows": len(frame), "sha256": hashlib.sha256(content).hexdigest()}
        manifest = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "scenario": self.scenario,
            "seed": int(self.seed),
            "days": int(self.days),
            "targets": {name: float(value) for name, value in self.targets.items()},
            "frames": files,
        }
        _put(folder / MANIFEST, json.dumps(manifest, indent=2).encode())

    @classmethod
    def load(cls, path: str | Path) -> Run:
        """Read a run that `save` wrote.

        Parameters
        ----------
        path : str or Path
            The folder.

        Returns
        -------
        Run
            Equal to the run that was saved; `timings` are empty.

        Raises
        ------
        StorageError
            The folder is missing, is not a saved run, is of a later format, or was damaged or changed since.
        """
        folder = Path(path).expanduser().absolute()
        try:
            manifest = _read_manifest(folder)
            frames = {name: _read_frame(folder, name, manifest["frames"][name]["sha256"]) for name in FRAMES}
            about = {name: manifest[name] for name in ("scenario", "seed", "days", "targets")}
        except OSError as problem:
            raise StorageError(f"{folder} cannot be read: {_reason(problem)}.") from problem
        except (KeyError, TypeError) as problem:
            raise StorageError(
                f"{folder / MANIFEST} is incomplete: {problem} is missing or of the wrong kind. {_SAVE_AGAIN}"
            ) from problem
        return cls(**frames, **about)

    def __repr__(self) -> str:
        return f"Run(scenario={self.scenario!r}, seed={self.seed}, days={self.days})"

    def _repr_html_(self) -> str:
        told = "".join(f"<p style='margin:0.2em 0'>{html.escape(line)}</p>" for line in self._sentences())
        return f"<div>{told}{_table(self.scorecard())}</div>"

    def _sentences(self) -> list[str]:
        return sentences(self.frames, self.scorecard(), self.scenario, self.seed, self.days)


FRAMES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Run) if f.type == "pd.DataFrame")
"""The frames of a run, each an attribute of `Run` and a file of a saved run."""

_SAVE_AGAIN = "Save the run again with Run.save, or load another folder."


def _table(score: pd.DataFrame) -> str:
    head = "".join(
        f"<th scope='col'>{name}</th>" for name in ("Family", "Measure", "Service", "Value", "Target", "Met")
    )
    body = "".join(
        f"<tr><td>{html.escape(str(row.family))}</td>"
        f"<th scope='row' style='text-align:left'>{html.escape(str(row.measure))}</th>"
        f"<td>{html.escape(str(row.service))}</td><td>{html.escape(quantity(row.value, row.unit))}</td>"
        f"<td>{html.escape(quantity(row.target, row.unit))}</td><td>{_met(row)}</td></tr>"
        for row in score.itertuples(index=False)
    )
    caption = "<caption style='text-align:left;font-weight:bold'>Scorecard</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _met(row: tuple) -> str:
    if pd.isna(row.target) or pd.isna(row.met):
        return "no target"
    return "yes" if row.met else "no"


def _normal(targets: dict[str, float]) -> dict[str, str]:
    return {name: repr(float(value)) for name, value in targets.items()}


def _make_parents(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, noting each one made."""
    if not folder.exists():
        _make_parents(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _occupied(target: Path) -> str:
    what = "is a folder that is not empty" if target.is_dir() else "is a file"
    return (
        f"The run was not saved: {target} {what}, and a saved run never overwrites. Give a folder that does not exist "
        f"yet, for instance {target.name}-2."
    )


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _unwritable(target: Path, problem: OSError) -> str:
    if problem.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR) and target.exists():
        return _occupied(target)
    if problem.errno in _FULL:
        why = "there is no room left there. Free some space, or choose a folder on another disk"
    elif problem.errno in _FORBIDDEN:
        why = "you may not write there. Choose a folder of your own"
    else:
        why = f"the system said '{_reason(problem)}'. Choose another folder"
    return f"The run was not saved to {target}: {why}. Nothing was left behind."


def _read_manifest(folder: Path) -> dict:
    if not folder.exists():
        raise StorageError(f"There is no saved run at {folder}: nothing is there. Give the folder named in Run.save.")
    if not (folder / MANIFEST).is_file():
        raise StorageError(f"{folder} is not a saved run: it has no {MANIFEST}. Give a folder written by Run.save.")
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except ValueError as problem:
        raise StorageError(f"{folder / MANIFEST} is damaged and cannot be read as JSON. {_SAVE_AGAIN}") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise StorageError(f"{folder} is not a saved run: its {MANIFEST} does not say format {FORMAT!r}. {_SAVE_AGAIN}")
    if manifest.get("version") != FORMAT_VERSION:
        raise StorageError(
            f"{folder} was saved in format version {manifest.get('version')!r}, but this release reads version "
            f"{FORMAT_VERSION}. Load it with the release that wrote it, or simulate the run again from its seed."
        )
    return manifest


def _read_frame(folder: Path, name: str, digest: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise StorageError(f"{folder} is incomplete: it has no {path.name}. {_SAVE_AGAIN}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise StorageError(f"{path} is damaged: it is not what was saved. {_SAVE_AGAIN}")
    return pd.read_parquet(pa.BufferReader(content), engine="pyarrow")
