"""`trinity report`: a run written up for a board."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import messages, output
from cli.folder import drawable
from cli.options import PLAYBOOK_HELP, Instant
from cli.playbook import load_playbook
from cli.refusal import Refusal

if TYPE_CHECKING:
    import sim

ENDINGS = (".html", ".htm", ".pdf")


def report(
    source: Annotated[
        str,
        typer.Argument(metavar="RUN", help="A folder written by `trinity run --out`; or a scenario, to run it now."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .html or .pdf; an older paper there is replaced.")],
    playbook: Annotated[str, typer.Option(metavar="PLAYBOOK", help=f"For a scenario: {PLAYBOOK_HELP}")] = "naive",
    seed: Annotated[int, typer.Option(min=0, help="For a scenario: which world.")] = 0,
    against: Annotated[
        str | None, typer.Option(metavar="RUN", help="Compare with this: a saved run, or a playbook for a scenario.")
    ] = None,
    instant: Instant = False,
) -> None:
    """Write a paper for the board: outcomes, what happened, what it cost, and what to do next.

    The paper is one page that needs no other file, with its figures and their text alternatives, for a screen and for
    paper. A PDF needs an installed Chromium.

    **Examples**

    - `trinity report runs/seven --out board.html`
    - `trinity report runs/seven --against runs/naive --out board.pdf`
    - `trinity report household-support --playbook reference --against naive --seed 7 --out board.html`
    """
    if out.suffix.lower() not in ENDINGS:
        raise Refusal(f"--out {out} must end in .html or .pdf, such as {out.with_suffix('.html')}.")
    if not out.absolute().parent.is_dir():
        raise Refusal(f"--out {out}: there is no folder {out.parent}. Make it first, or name another file.")
    drawable(out)
    if out.suffix.lower() == ".pdf":
        from sim.report.pdf import chromium

        chromium()
    run, other = _saved(source, against) if Path(source).is_dir() else _made(source, playbook, seed, against, instant)
    with messages().status("Writing the paper ..."):
        run.report(out, against=other)
    output().print(str(out), markup=False, soft_wrap=True)


def _saved(source: str, against: str | None) -> tuple[sim.Run, sim.Run | None]:
    """Read a saved run, and the one to compare it with."""
    import sim

    return sim.Run.load(source), None if against is None else sim.Run.load(against)


def _made(source: str, playbook: str, seed: int, against: str | None, instant: bool) -> tuple[sim.Run, sim.Run | None]:
    """Run a scenario, and run it again by the playbook to compare with."""
    names = [playbook] if against is None else [playbook, against]
    chosen = [load_playbook(name) for name in names]

    import sim

    world = sim.load_scenario(source)
    with messages().status(f"Simulating {world.quarters} quarters of {world.title} ..."):
        runs = [sim.simulate(world, decisions, seed=seed, instant=instant) for decisions in chosen]
    return runs[0], runs[1] if len(runs) > 1 else None
