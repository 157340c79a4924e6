"""`trinity mark`: a class marked, unattended: each notebook in a jail, each mark made outside and written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli.console import messages, output


def mark(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="The module's short name, such as m09.")],
    submitted: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the submissions lie; course/submitted when left out.")
    ] = None,
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="The course's folder.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes, or -1 for every core.")] = -1,
    again: Annotated[bool, typer.Option("--again", help="Mark those anew that have been marked already.")] = False,
    ahead: Annotated[
        bool, typer.Option("--ahead", help="Mark nothing: work out now what each learner's marks are held against.")
    ] = False,
    without_jail: Annotated[
        bool,
        typer.Option("--without-jail", help="Run learners' code with your own rights. Only for code that you trust."),
    ] = False,
) -> None:
    """Mark what a class handed in, and write the marks into nbgrader's gradebook.

    Submissions lie at DIR/<learner>/MODULE/MODULE.ipynb. What was marked already is left alone unless it has changed,
    so that marking can be broken off at any time and gone on with.

    **Examples**

    - `trinity mark m09`
    - `trinity mark m09 --jobs 4`
    - `trinity mark m09 --ahead`
    """
    from autograder.feedback.table import write_table
    from autograder.marks.roster import Roster
    from autograder.syllabus import folder

    roster = Roster(course or folder(), module, submitted, without_jail)
    screen = output()
    learners = roster.learners()
    if ahead:
        each("Working out", roster.prepare(learners, jobs), len(learners))
        screen.print(f"Worked out what {len(learners)} learners' marks of {module} are held against.", markup=False)
        return
    waiting = learners if again else roster.waiting()
    done = len(learners) - len(waiting)
    if done:
        screen.print(f"{done} of {len(learners)} were marked before and are left alone.", markup=False)
    failed = {}
    for result in each("Marking", roster.mark(waiting, jobs, again), len(waiting)):
        if result.problem:
            failed[result.learner] = result.problem
    screen.print(f"Marked {len(waiting) - len(failed)} of {len(waiting)} submissions of {module}.", markup=False)
    if not roster.sealed:
        screen.print("These are practice marks: the course has no secret, so that worlds are public.", markup=False)
    told = write_table(roster.course, module, [learner for learner in learners if learner not in failed])
    screen.print(f"Wrote what each learner is told, task by task: {told}", markup=False, soft_wrap=True)
    for line in roster.remarks(waiting):
        screen.print(line, markup=False, soft_wrap=True)
    for learner, problem in failed.items():
        screen.print(f"{learner} was not marked: {problem}", markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def each(doing: str, results: object, total: int) -> list:
    """Show a bar with an estimate while results come in, and return them.

    Parameters
    ----------
    doing : str
        What stands before the bar.
    results : iterable
        Each as it is done.
    total : int
        How many.

    Returns
    -------
    list
    """
    console = messages()
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    found = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        for result in results:
            found.append(result)
            bar.advance(task)
    return found


def seal(
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="The course's folder.")] = None,
) -> None:
    """Give the course a secret, from which each learner's own worlds follow; marks are then sealed.

    It lies in the course's folder under .trinity/secret, which nbgrader and Git ignore, and is never replaced. Keep a
    copy in a safe place: without it no mark can be made again.

    **Example**

    - `trinity course seal`
    """
    from autograder.syllabus import folder
    from autograder.variants import write_secret

    path = write_secret(course or folder())
    output().print(f"The course's secret is {path}. Keep a copy in a safe place.", markup=False, soft_wrap=True)
