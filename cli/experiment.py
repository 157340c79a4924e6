"""`trinity experiment`: questions to the programme that take many runs, with progress, on several cores, resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import output
from cli.folder import new_file, write_whole
from cli.many import Folder, Jobs, told
from cli.options import PLAYBOOK_HELP, Instant, ScenarioName
from cli.playbook import load_playbook
from cli.refusal import Refusal
from cli.table import found_table

if TYPE_CHECKING:
    from pandas import DataFrame

experiment = typer.Typer(
    name="experiment",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Put a question to the programme and get an answer with an interval.\n\nEvery command shows its progress, "
    "takes `--jobs` for several cores, and with `--folder` goes on where it was stopped.",
)

PlaybookName = Annotated[str, typer.Option(metavar="PLAYBOOK", help=PLAYBOOK_HELP)]
Against = Annotated[
    str | None, typer.Option(metavar="PLAYBOOK", help="A baseline: the outcome is then the difference from it.")
]
Out = Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Save the whole table here; must not exist yet.")]
Seeds = Annotated[int, typer.Option(min=2, help="In how many worlds.")]
Measure = Annotated[str, typer.Option(help="A measure of the scorecard.")]
HEADLINES = ["net_public_value"]


class Players(StrEnum):
    """Who shares an effect."""

    DISCIPLINES = "disciplines"
    PRACTICES = "practices"


def _answer(table: DataFrame, title: str, out: Path | None, shown: DataFrame) -> None:
    """Save the whole table where that was asked for, and print what a person can read."""
    if out is not None:
        write_whole(out, table.to_csv(index=False).encode())
    screen = output()
    screen.print(found_table(shown, title))
    if out is not None:
        screen.print(f"Saved in {out}.", markup=False, soft_wrap=True)


def _only(table: DataFrame, measures: Iterable[str]) -> DataFrame:
    """Return the rows of some measures for all services together, or say that there are none."""
    wanted = list(measures)
    known = sorted(table["measure"].unique())
    for measure in wanted:
        if measure not in known:
            raise Refusal(f"There is no measure {measure!r}. Allowed: {', '.join(known)}.")
    return table[(table["service"] == "all") & table["measure"].isin(wanted)]


@experiment.command()
def replicate(
    scenario: ScenarioName,
    half_width: Annotated[
        float, typer.Option(help="Half the width that the interval may have, in the measure's unit.")
    ],
    playbook: PlaybookName = "naive",
    against: Against = None,
    measure: Measure = "net_public_value",
    most: Annotated[int, typer.Option(min=10, help="Worlds at most.")] = 1000,
    instant: Instant = False,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Out = None,
) -> None:
    """Add worlds until a measure's 95 % interval is as narrow as you want it.

    **Example**

    - `trinity experiment replicate household-support --playbook reference --against naive --half-width 200000`
    """
    world, ask = _begin(scenario, out)
    other = load_playbook(against) if against is not None else None
    mine = load_playbook(playbook)
    table = ask(
        "replicate", world, mine, half_width,
        against=other, measure=measure, most=most, instant=instant, jobs=jobs, folder=folder,
    )  # fmt: skip
    _answer(table, f"{world.title}: {measure} of {playbook}" + (f" against {against}" if against else ""), out, table)


@experiment.command()
def factorial(
    scenario: ScenarioName,
    playbook: PlaybookName = "reference",
    measure: Annotated[list[str], typer.Option(help="Measures to show; give it again for more.")] = HEADLINES,
    seeds: Seeds = 10,
    instant: Instant = False,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Out = None,
) -> None:
    """Take each discipline's practices or leave them, in every combination: what does each do, and what all together?

    **Example**

    - `trinity experiment factorial household-support --seeds 20 --jobs 2 --folder studies/trinity`
    """
    world, ask = _begin(scenario, out, measure)
    factors = _disciplines(load_playbook(playbook))
    table = ask("factorial", world, factors, seeds=range(seeds), instant=instant, jobs=jobs, folder=folder)
    _answer(table, f"{world.title}: what each discipline does, over {seeds} worlds", out, _only(table, measure))


@experiment.command()
def shapley(
    scenario: ScenarioName,
    playbook: PlaybookName = "reference",
    players: Annotated[Players, typer.Option(help="Who shares the effect.")] = Players.DISCIPLINES,
    measure: Annotated[list[str], typer.Option(help="Measures to show; give it again for more.")] = HEADLINES,
    seeds: Seeds = 10,
    instant: Instant = False,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Out = None,
) -> None:
    """Share the effect of a playbook out among its disciplines or its practices (Shapley values).

    **Example**

    - `trinity experiment shapley household-support --players practices --seeds 20 --jobs 2`
    """
    world, ask = _begin(scenario, out, measure)
    book = load_playbook(playbook)
    who = _disciplines(book) if players is Players.DISCIPLINES else None
    table = ask("shapley", world, book, players=who, seeds=range(seeds), instant=instant, jobs=jobs, folder=folder)
    _answer(
        table, f"{world.title}: shares in the effect of {playbook}, over {seeds} worlds", out, _only(table, measure)
    )


@experiment.command()
def sensitivity(
    scenario: ScenarioName,
    parameter: Annotated[
        list[str],
        typer.Option(metavar="PLACE=LOW:HIGH", help="Such as staff.on_cost=1.2:1.5; again for more."),
    ],
    playbook: PlaybookName = "naive",
    against: Against = None,
    measure: Measure = "net_public_value",
    samples: Annotated[int, typer.Option(help="A power of two.")] = 32,
    seeds: Seeds = 3,
    instant: Instant = False,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Out = None,
) -> None:
    """Say which parameters of the world an outcome hangs on (Sobol indices, corrected for chance).

    **Example**

    - `trinity experiment sensitivity quiet-office --parameter discount_rate=0:0.06 --parameter staff.on_cost=1.2:1.5`
    """
    world, ask = _begin(scenario, out)
    ranges = dict(_range(text) for text in parameter)
    other = load_playbook(against) if against is not None else None
    table = ask(
        "sensitivity", world, ranges, load_playbook(playbook),
        against=other, measure=measure, samples=samples, seeds=range(seeds), instant=instant, jobs=jobs, folder=folder,
    )  # fmt: skip
    _answer(table, f"{world.title}: what {measure} hangs on", out, table)


@experiment.command()
def forecast(
    scenario: ScenarioName,
    playbook: PlaybookName = "naive",
    measure: Annotated[list[str], typer.Option(help="Measures to show; give it again for more.")] = HEADLINES,
    seeds: Annotated[int, typer.Option(min=10, help="In how many worlds.")] = 40,
    instant: Instant = False,
    jobs: Jobs = None,
    folder: Folder = None,
    out: Out = None,
) -> None:
    """Say between what bounds each quarter may end (Monte Carlo).

    **Example**

    - `trinity experiment forecast household-support --measure spend_gbp --seeds 100 --jobs 2`
    """
    world, ask = _begin(scenario, out, measure)
    table = ask(
        "forecast", world, load_playbook(playbook), seeds=range(seeds), instant=instant, jobs=jobs, folder=folder
    )
    _answer(table, f"{world.title}: {playbook}, quarter by quarter, over {seeds} worlds", out, _only(table, measure))


def _begin(scenario: str, out: Path | None, measures: Iterable[str] = ()) -> tuple[Any, Callable[..., DataFrame]]:
    """Load the world, and return it with a way of asking that shows progress; refuse measures that nobody knows."""
    if out is not None:
        new_file(out)

    import sim
    from sim.experiments.study import measured

    def ask(question: str, *given: Any, **options: Any) -> DataFrame:
        with told() as progress:
            return getattr(sim.experiments, question)(*given, progress=progress, **options)

    world = sim.load_scenario(scenario)
    for measure in measures:
        measured(world, measure)
    return world, ask


def _disciplines(playbook: Any) -> dict[str, dict[str, Any]]:
    import sim

    factors = sim.experiments.disciplines(playbook)
    if not factors:
        raise Refusal("The playbook decides everything as the naive one does, so there is nothing to take apart.")
    return factors


def _range(text: str) -> tuple[str, tuple[float, float] | None]:
    place, given, bounds = text.partition("=")
    if not given:
        return place, None
    try:
        low, high = (float(bound) for bound in bounds.split(":"))
    except ValueError:
        raise Refusal(f"--parameter {text}: the range {bounds!r} is not LOW:HIGH, such as 1.2:1.5.") from None
    return place, (low, high)
