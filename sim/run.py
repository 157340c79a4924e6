"""The result of a run: tidy frames, what they say in a few sentences, and how they are kept on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import html
import json
import shutil
import uuid
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pandas as pd
import pyarrow as pa

from sim.errors import StorageError
from sim.records.feed import feed
from sim.records.storage import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    SAVE_AGAIN,
    make_parents,
    occupied,
    put,
    read_frame,
    read_manifest,
    reason,
    unwritable,
)
from sim.records.trace import Trace, trace
from sim.scorecard import Headline, headline, scorecard
from sim.summary import quantity, sentences


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Run:
    """What one simulated programme left behind.

    Parameters
    ----------
    daily, groups, quarterly, journal, ledger, billing, usage, quality, incidents, models, cases, decisions, people,
    lineage, budget
        The records, each a DataFrame; times in days from the start, money in GBP (the ledger's own in pence).
    scenario : str
        Name of the scenario.
    seed : int
        The public seed.
    days : int
        How long it lasted.
    targets : mapping of str to float
        Measure to the value it should reach, as the scenario sets them.
    floors : mapping of str to float
        Measure to the line that it must keep to, as the scenario sets them.
    timings : mapping of str to float
        Seconds of computing by part of the simulator. Not saved, and no part of what makes two runs equal.
    """

    daily: pd.DataFrame
    groups: pd.DataFrame
    quarterly: pd.DataFrame
    journal: pd.DataFrame
    ledger: pd.DataFrame
    billing: pd.DataFrame
    usage: pd.DataFrame
    quality: pd.DataFrame
    incidents: pd.DataFrame
    models: pd.DataFrame
    cases: pd.DataFrame
    decisions: pd.DataFrame
    people: pd.DataFrame
    lineage: pd.DataFrame
    budget: pd.DataFrame
    scenario: str
    seed: int
    days: int
    targets: Mapping[str, float]
    floors: Mapping[str, float] = dataclasses.field(default_factory=dict)
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

    def headline(self) -> Headline:
        """Return net public value, and whether it counts: only where every service keeps every floor.

        Returns
        -------
        sim.scorecard.Headline
            Its ``value`` is what programmes are ranked by; ``floors`` says which were kept.
        """
        return headline(self.scorecard(), self.floors)

    def summary(self) -> str:
        """Return what happened, in a few plain sentences, one a line."""
        return "\n".join(self._sentences())

    def explain(self, incident_id: str) -> Trace:
        """Tell one incident in records: from shock to harm, to its finding, to its repair.

        Parameters
        ----------
        incident_id : str
            As in `incidents`, such as ``"claims-triage/feed-outage/0"``.

        Returns
        -------
        Trace
            Its ``steps`` are a DataFrame; it prints as a story.

        Raises
        ------
        RunError
            If no such incident happened in this run.
        """
        return trace(self.frames, incident_id)

    def feed(self, hindsight: bool = True) -> pd.DataFrame:
        """Tell what happened, event by event, in words.

        Parameters
        ----------
        hindsight : bool
            Whether incidents are told that nobody had found, and what each did; if not, what was known at the time.

        Returns
        -------
        DataFrame
            Columns day, date, service, kind, text, incident_id; see `sim.records.feed.feed`.
        """
        return feed(self, hindsight)

    def report(self, path: str | Path, against: Run | None = None) -> Path:
        """Write a paper for the board: outcomes, what happened, what it cost, what to do next.

        Parameters
        ----------
        path : str or Path
            Ending in ``.html``, for one page that needs no other file; or in ``.pdf``, where a Chromium is installed.
            An older paper there is replaced.
        against : Run, optional
            A run to compare with, as a rule of the same scenario and seed.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ReportError
            The ending is another, there is no Chromium to print with, or the run has not lasted a week.
        StorageError
            The file cannot be written.
        """
        return import_module(BOARD_PAPER).report(self, path, against)

    def equals(self, other: Run) -> bool:
        """Say whether another run has the same scenario, seed, length, targets, floors and frames, to the last bit.

        Parameters
        ----------
        other : Run

        Returns
        -------
        bool
            Frames are compared with their types, column order and index; `timings` are left out.
        """
        ours, theirs = (
            (run.scenario, run.seed, run.days, _normal(dict(run.targets)), _normal(dict(run.floors)))
            for run in (self, other)
        )
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
                raise StorageError(occupied(target))
            make_parents(target.parent, made)
            temporary.mkdir()
            made.append(temporary)
            self._write(temporary)
            temporary.replace(target)
            made.clear()
        except OSError as problem:
            raise StorageError(unwritable(target, problem)) from problem
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
            put(folder / f"{name}.parquet", content)
            files[name] = {"rows": len(frame), "sha256": hashlib.sha256(content).hexdigest()}
        manifest = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "scenario": self.scenario,
            "seed": int(self.seed),
            "days": int(self.days),
            "targets": {name: float(value) for name, value in self.targets.items()},
            "floors": {name: float(value) for name, value in self.floors.items()},
            "frames": files,
        }
        put(folder / MANIFEST, json.dumps(manifest, indent=2).encode())

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
            manifest = read_manifest(folder)
            frames = {name: read_frame(folder, name, manifest["frames"][name]["sha256"]) for name in FRAMES}
            about = {name: manifest[name] for name in ("scenario", "seed", "days", "targets", "floors")}
        except OSError as problem:
            raise StorageError(f"{folder} cannot be read: {reason(problem)}.") from problem
        except (KeyError, TypeError) as problem:
            raise StorageError(
                f"{folder / MANIFEST} is incomplete: {problem} is missing or of the wrong kind. {SAVE_AGAIN}"
            ) from problem
        return cls(**frames, **about)

    def __repr__(self) -> str:
        return f"Run(scenario={self.scenario!r}, seed={self.seed}, days={self.days})"

    def _repr_html_(self) -> str:
        told = "".join(f"<p style='margin:0.2em 0'>{html.escape(line)}</p>" for line in self._sentences())
        return f"<div>{told}{_table(self.scorecard())}</div>"

    def _sentences(self) -> list[str]:
        card = self.scorecard()
        told = sentences(self.frames, card, self.scenario, self.seed, self.days)
        return [*told, str(headline(card, self.floors))] if len(self.daily) else told


FRAMES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Run) if f.type == "pd.DataFrame")
"""The frames of a run, each an attribute of `Run` and a file of a saved run."""


BOARD_PAPER = "sim.report.paper"
"""The room that writes a run up. It stands below this one, so that it is reached by name, and only when asked for."""


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
