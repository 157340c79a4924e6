"""`trinity run`: one programme, from its first day to its last."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import messages, output
from cli.folder import empty_folder
from cli.options import PLAYBOOK_HELP, Instant, ScenarioName, Services
from cli.playbook import load_playbook
from cli.table import scorecard_table, shortened


def run(
    scenario: ScenarioName,
    playbook: Annotated[str, typer.Option(metavar="PLAYBOOK", help=PLAYBOOK_HELP)] = "naive",
    seed: Annotated[int, typer.Option(min=0, help="Which world; the same seed is the same world.")] = 0,
    quarters: Annotated[int | None, typer.Option(help="How many, if not as the scenario says.")] = None,
    instant: Instant = False,
    services: Services = False,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Save the run here; must be empty or new.")] = None,
) -> None:
    """Run one programme and print its scorecard.

    With `--out` the records (cases, models, incidents, bill, ledger and the rest) are saved as Parquet files, which
    `sim.Run.load` reads back.

    **Examples**

    - `trinity run household-support`
    - `trinity run household-support --playbook reference --seed 7 --out runs/seven`
    - `trinity run my-department.yml --playbook rules.py:mine --quarters 4`
    """
    if out is not None:
        empty_folder(out)
    chosen = load_playbook(playbook)

    import sim

    world = sim.load_scenario(scenario)
    if quarters is not None:
        world = world.replace(quarters=quarters)
    with messages().status(f"Simulating {world.quarters} quarters of {world.title} ..."):
        result = sim.simulate(world, chosen, seed=seed, instant=instant)
    if out is not None:
        result.save(out)
    screen = output()
    card = result.scorecard()
    screen.print(
        scorecard_table(card if services else shortened(card), f"{world.title}: {playbook} playbook, seed {seed}")
    )
    screen.print(result.summary(), markup=False)
    if out is not None:
        screen.print(f"\nSaved in {out}. Read it back with sim.Run.load({str(out)!r}).", markup=False, soft_wrap=True)
