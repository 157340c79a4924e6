"""A comparison of playbooks with its progress shown, for the commands that make one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.many import told

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim import Playbook, Scenario


def comparison(
    scenario: Scenario,
    playbooks: dict[str, Playbook],
    seeds: int,
    instant: bool,
    jobs: int | None = None,
    folder: Path | None = None,
) -> DataFrame:
    """Compare playbooks under the same worlds, with a progress bar where a person watches.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbooks : dict
        Playbooks by name; the first is the baseline.
    seeds : int
        How many worlds: seeds 0 to ``seeds - 1``.
    instant : bool
        Whether practices come into force at once and cost nothing.
    jobs : int, optional
        Processes; one when left out.
    folder : Path, optional
        Where finished runs are kept, and gone on from.

    Returns
    -------
    DataFrame
        As `sim.compare` gives it.
    """
    import sim

    with told() as progress:
        return sim.compare(
            scenario, playbooks, seeds=range(seeds), instant=instant, progress=progress, jobs=jobs, folder=folder
        )
