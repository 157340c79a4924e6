"""What commands of many runs share: processes, a folder to go on from, and their progress shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.console import messages

Jobs = Annotated[int | None, typer.Option(help="Processes, or -1 for every core; one when left out.")]
Folder = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Keep finished runs here, and go on from those that are there.")
]


@contextmanager
def told() -> Iterator[Callable[[int, int], None]]:
    """Show a bar where a person watches, and hand out what moves it: called with (runs done, runs in all)."""
    console = messages()
    columns = (TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
