"""A comparison of playbooks with its progress shown, for the commands that make one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.console import messages

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim import Playbook, Scenario


def comparison(scenario: Scenario, playbooks: dict[str, Playbook], seeds: int, instant: bool) -> DataFrame:
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

    Returns
    -------
    DataFrame
        As `sim.compare` gives it.
    """
    import sim

    console = messages()
    columns = (TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=seeds * len(playbooks))

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return sim.compare(scenario, playbooks, seeds=range(seeds), instant=instant, progress=progress)
