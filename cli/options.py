"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.playbook import SHIPPED

PLAYBOOK_HELP = f"{', '.join(SHIPPED)}, or FILE.py:NAME for your own: a sim.Playbook, or a function that returns one."

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A name from `trinity scenarios`, or a .yml file.")
]
Instant = Annotated[bool, typer.Option("--instant", help="Practices come into force at once and cost nothing.")]
Services = Annotated[
    bool, typer.Option("--services", help="Show every measure of each service, not only those of all together.")
]
