"""`trinity compare`: what one playbook changes against another, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.comparison import comparison
from cli.console import output
from cli.folder import new_file, write_whole
from cli.many import Folder, Jobs
from cli.options import PLAYBOOK_HELP, Instant, ScenarioName, Services
from cli.playbook import load_playbooks
from cli.refusal import Refusal
from cli.table import effects_table, shortened


def compare(
    scenario: ScenarioName,
    playbook: Annotated[list[str], typer.Option(metavar="PLAYBOOK", help=f"Give it twice or more. {PLAYBOOK_HELP}")],
    seeds: Annotated[int, typer.Option(min=2, help="In how many worlds; more make the intervals narrower.")] = 20,
    instant: Instant = False,
    services: Services = False,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Save the table here; must not exist yet.")
    ] = None,
) -> None:
    """Compare playbooks under the same worlds; the first is the baseline.

    Each seed is one world: the same people, the same defects, the same incidents for every playbook. The effect of a
    playbook is the mean of its differences from the baseline, with a 95 % interval. An interval that includes zero says
    that these seeds cannot tell the two apart.

    **Examples**

    - `trinity compare household-support --playbook naive --playbook reference`
    - `trinity compare household-support --playbook typical --playbook rules.py:mine --seeds 40 --out mine.csv`
    """
    if len(playbook) < 2:
        raise Refusal(
            f"A comparison needs at least two playbooks, but only {playbook[0]!r} was given. "
            "Repeat the option: --playbook naive --playbook reference."
        )
    if out is not None:
        new_file(out)
    playbooks = load_playbooks(playbook)

    import sim

    world = sim.load_scenario(scenario)
    effects = comparison(world, playbooks, seeds, instant, jobs, folder)
    if out is not None:
        write_whole(out, effects.to_csv(index=False).encode())
    screen = output()
    screen.print(
        effects_table(effects if services else shortened(effects), f"{world.title}: effects over {seeds} worlds")
    )
    if out is not None:
        screen.print(f"Saved in {out}.", markup=False, soft_wrap=True)
