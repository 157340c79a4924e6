"""The result of a run: tidy frames, what they say in a few sentences, and how they are kept on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import html
import json
import math
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from sim.errors import StorageError
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
from sim.scorecard import scorecard


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
        return "\n".join(_sentences(self))

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
            about = {name: manifest[name] for name in ("scenario", "seed", "days", "targets")}
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
        sentences = "".join(f"<p style='margin:0.2em 0'>{html.escape(line)}</p>" for line in _sentences(self))
        return f"<div>{sentences}{_table(self.scorecard())}</div>"


FRAMES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Run) if f.type == "pd.DataFrame")
"""The frames of a run, each an attribute of `Run` and a file of a saved run."""


def money(gbp: float) -> str:
    """Return pounds as people say them, with three figures or so.

    Parameters
    ----------
    gbp : float
        Pounds.

    Returns
    -------
    str
        For instance ``"£1.23m"``, ``"-£45.6k"`` or ``"£7.20"``.
    """
    sign, size = ("-" if gbp < 0 else ""), abs(gbp)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.2f}m"
    if size >= 1_000:
        return f"{sign}£{size / 1e3:,.1f}k"
    return f"{sign}£{size:,.2f}"


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit, as the scorecard shows it.

    Parameters
    ----------
    value : float
        The value; not a number when there was nothing to measure.
    unit : str
        ``"GBP"`` is shown as money and ``"share"`` as a percentage; any other unit follows the figure.

    Returns
    -------
    str
    """
    if not math.isfinite(value):
        return "none"
    if unit.startswith("GBP"):
        return f"{money(value)}{unit[3:]}"
    if unit == "share":
        return f"{value:.1%}"
    figure = f"{value:,.0f}" if value == int(value) or abs(value) >= 1_000 else f"{value:.3g}"
    return f"{figure} {unit}".strip()


def _sentences(run: Run) -> list[str]:
    daily, incidents, models = run.daily, run.incidents, run.models
    score = run.scorecard()
    targeted = score[score["target"].notna()]
    quarters = int(daily["quarter"].max()) if len(daily) else 0
    lines = [f"Scenario {run.scenario}, seed {run.seed}: {run.days} days, {_count(quarters, 'quarter')}."]
    if not len(daily):
        return [*lines, "No day has passed yet."]
    cases = daily["cases"].sum()
    lines.append(
        f"{cases:,.0f} cases came in; {daily['delivered'].sum() / max(cases, 1):.1%} of their records were delivered, "
        f"{daily['quarantined'].sum():,.0f} were quarantined, and {daily['referred'].sum():,.0f} went to a person."
    )
    first, last = (_accuracy(daily[daily["quarter"] == q]) for q in (1, quarters))
    if quarters > 1:
        lines.append(
            f"Accuracy was {quantity(first, 'share')} in the first quarter and {quantity(last, 'share')} in the last."
        )
    else:
        lines.append(f"Accuracy was {quantity(first, 'share')}.")
    if len(models):
        latest = models["trained_day"].max()
        lines.append(f"{_count(len(models), 'model version')} trained, the last on day {latest:.0f}.")
    if len(incidents):
        found = int(incidents["detected_day"].notna().sum())
        harmed = _count(int(incidents["cases_harmed"].sum()), "decision")
        lines.append(f"{_count(len(incidents), 'incident')}, {found} found; {harmed} went wrong because of them.")
    benefit, harm, spend = (float(daily[f"{name}_gbp"].sum()) for name in ("benefit", "harm", "spend"))
    lines.append(
        f"Benefit {money(benefit)}, less harm {money(harm)} and spend {money(spend)}, leaves "
        f"{money(benefit - harm - spend)} before discounting."
    )
    if len(targeted):
        missed = targeted.loc[~targeted["met"].astype(bool), "measure"].drop_duplicates()
        named = f" Missed: {', '.join(missed)}." if len(missed) else ""
        lines.append(f"{int(targeted['met'].astype(bool).sum())} of {len(targeted)} targets were met.{named}")
    return lines


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _accuracy(daily: pd.DataFrame) -> float:
    """Mean hindsight accuracy, each day weighted by its cases."""
    known = daily[daily["accuracy"].notna() & (daily["cases"] > 0)]
    return float((known["accuracy"] * known["cases"]).sum() / known["cases"].sum()) if len(known) else math.nan


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
