"""`trinity remark`: marks made again from their trails, to see that they come out the same."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import output
from cli.mark import each
from sim.errors import unknown


def remark(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="The module's short name, such as m09.")],
    learners: Annotated[
        list[str] | None, typer.Argument(metavar="[LEARNER]...", help="Whose marks; everybody's when left out.")
    ] = None,
    trail: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the trails lie; course/.trinity/trail when left out.")
    ] = None,
    submitted: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the submissions lie; course/submitted when left out.")
    ] = None,
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="The course's folder.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes, or -1 for every core.")] = -1,
    without_jail: Annotated[
        bool,
        typer.Option("--without-jail", help="Run learners' code with your own rights. Only for code that you trust."),
    ] = False,
) -> None:
    """Make marks again from their trails, and say whether they come out the same; nothing is written.

    A trail holds what a mark rests on, the learner's worlds among it, so that neither the gradebook nor the course's
    secret is needed: an appeal can be heard on another checkout. The code is 1 if a mark comes out otherwise, or
    cannot be made again.

    **Examples**

    - `trinity remark m09`
    - `trinity remark m09 ann bob`
    - `trinity remark m09 --trail DIR --submitted DIR`
    """
    from autograder.errors import MarkingError
    from autograder.marks import remarking
    from autograder.report import amount
    from autograder.syllabus import folder

    place = course or folder()
    paths = {path.stem: path for path in remarking.trails(place, module, trail)}
    for learner in learners or ():
        if learner not in paths:
            raise MarkingError(unknown("learner", learner, paths))
    chosen = [paths[learner] for learner in learners or paths]
    screen = output()
    found = each("Re-marking", remarking.remark(place, chosen, submitted, jobs, without_jail), len(chosen))
    alike = sum(one.same for one in found)
    screen.print(
        f"{alike} of {len(found)} submissions of {module} come out the same, to the last digit.",
        markup=False,
        soft_wrap=True,
    )
    for one in sorted(found, key=lambda one: one.learner):
        if one.same:
            continue
        said = one.problem or "; ".join(
            f"{task} {amount(one.then.get(task, 0.0))} then, {amount(one.now.get(task, 0.0))} now"
            for task in one.differs
        )
        moved = f" What has changed: {'; '.join(one.moved)}." if one.moved else ""
        screen.print(f"{one.learner}: {said}.{moved}", markup=False, soft_wrap=True)
    if alike < len(found):
        raise typer.Exit(1)
