"""`trinity demo`: the whole idea in a minute."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import typer

from cli.comparison import comparison
from cli.console import messages, output
from cli.folder import drawable, write_whole
from cli.playbook import load_playbooks
from cli.table import effects_table, scorecards_table, shortened

SCENARIO = "household-support"
SEEDS = 5


def demo(
    out: Annotated[Path, typer.Option(metavar="FILE.png", help="Where to draw the figure.")] = Path("build/demo.png"),
) -> None:
    """Compare naive with reference practice on the default scenario; takes about a minute.

    Prints both scorecards side by side and the effects with their intervals, and draws one figure.

    **Example**

    - `trinity demo --out demo.png`
    """
    drawable(out)

    import sim
    from sim.plots import outcome

    world = sim.load_scenario(SCENARIO)
    playbooks = load_playbooks(["naive", "reference"])
    with messages().status(f"Simulating {world.quarters} quarters of {world.title}, twice ..."):
        runs = {name: sim.simulate(world, playbook, seed=0) for name, playbook in playbooks.items()}
    picture = io.BytesIO()
    figure = outcome.figure(runs["naive"], runs["reference"])
    figure.savefig(picture, format="png", dpi=150)
    effects = comparison(world, playbooks, SEEDS, instant=False)

    write_whole(out, picture.getvalue())
    screen = output()
    scorecards = {name: shortened(result.scorecard()) for name, result in runs.items()}
    screen.print(scorecards_table(scorecards, f"{world.title}: one world, two ways to run it"))
    screen.print(effects_table(shortened(effects), f"What reference practice changes, over {SEEDS} worlds"))
    screen.print(f"Figure: {out}", markup=False, soft_wrap=True)
    screen.print(figure.alt_text, markup=False)
