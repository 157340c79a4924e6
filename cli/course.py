"""`trinity course`: the learner's copy of the course."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import output
from cli.mark import seal

course = typer.Typer(
    no_args_is_help=True, help="Build the learner's copy of the course, get a clean lesson, or mark your own."
)


@course.command("build")
def build() -> None:
    """Build the learner's notebooks and the home page into `workspace/`.

    A notebook that a learner has changed is never touched; you are told when a newer version of it exists.

    **Example**

    - `trinity course build`
    """
    from course.build import build as build_course

    _say(build_course())


@course.command("reset")
def reset(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="The module's short name, such as m09.")],
) -> None:
    """Put a clean copy of a lesson beside your own, which stays as it is.

    **Example**

    - `trinity course reset m09`
    """
    from course.build import reset as reset_module

    _say(reset_module(module))


@course.command("mark")
def mark(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="The module's short name, such as m09.")],
) -> None:
    """Mark your own notebook as a teacher would, and write the feedback beside it.

    Runs nbgrader's own commands on a copy of your notebook, which stays as it is. Prose waits for a person.

    **Example**

    - `trinity course mark m09`
    """
    from course.build import mark as mark_module

    _say(mark_module(module, progress=lambda doing: output().print(doing, markup=False)))


course.command("seal")(seal)


def _say(sentences: list[str]) -> None:
    for sentence in sentences:
        output().print(sentence, markup=False, soft_wrap=True)
