"""`trinity fairness`: the same few submissions marked on many learners' worlds, and what of the marks is luck."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import output
from cli.mark import each

PLACE = Path("build", "fairness")


def fairness(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="The module's short name, such as m09.")],
    learners: Annotated[int, typer.Option(min=2, help="Simulated learners, each with worlds of their own.")] = 8,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the table and the figure go; build/fairness when left out."),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes, or -1 for every core.")] = -1,
) -> None:
    """Mark the same submissions on many learners' worlds, and say how far a mark hangs on the worlds.

    The submissions are the model's and those in course/modules/MODULE/others.yml: naive ones and near misses. Writes
    MODULE.csv, with each mark, and MODULE.png. What the marks are held against is kept, so that a second time is quick.

    **Examples**

    - `trinity fairness m10`
    - `trinity fairness m09 --learners 20`
    """
    import pandas as pd

    from autograder.fairness.figure import figure
    from autograder.fairness.spread import sentences, spread, verdict
    from autograder.fairness.trial import trial
    from autograder.variants import Secret
    from course.submissions import others, submission
    from sim.plots import style

    names, place = list(others(module)), out or PLACE
    place.mkdir(parents=True, exist_ok=True)
    secret = Secret(b"of simulated learners, and of no course")
    parts = each("Marking", trial(module, submission, names, secret, learners, place / "baselines", jobs), learners)
    marks = pd.concat(parts, ignore_index=True).sort_values("learner", kind="stable", ignore_index=True)
    marks.to_csv(place / f"{module}.csv", index=False)
    (place / f"{module}.png").write_bytes(style.png(figure(module, marks)))
    screen = output()
    screen.print(_spread(spread(marks), f"{module}: shares of the points, over learners"))
    screen.print(_verdict(verdict(marks), f"{module}: how far a mark hangs on the worlds"))
    for line in sentences(marks):
        screen.print(line, markup=False, soft_wrap=True)
    screen.print(f"Wrote {place / module}.csv and {place / module}.png.", markup=False, soft_wrap=True)


def _spread(rows: object, heading: str) -> Table:
    table = Table(title=heading)
    for name in ("Task", "Submission"):
        table.add_column(name)
    for name in ("Mean", "SD", "Least", "Most"):
        table.add_column(name, justify="right")
    for row in rows.itertuples():
        table.add_row(row.task, row.submission, *(f"{share:.0%}" for share in (row.mean, row.sd, row.low, row.high)))
    return table


def _verdict(rows: object, heading: str) -> Table:
    table = Table(title=heading)
    table.add_column("Task")
    for name in ("Variance from worlds", "Largest SD", "Model's least", "Order holds"):
        table.add_column(name, justify="right")
    table.add_column("Too noisy?")
    for row in rows.itertuples():
        shares = (f"{row.world_share:.1%}", f"{row.worst_sd:.0%} ({row.worst})", f"{row.model_low:.0%}")
        rank = "none" if row.rank != row.rank else f"{row.rank:.2f}"
        table.add_row(row.task, *shares, rank, "yes" if row.noisy else "no")
    return table
