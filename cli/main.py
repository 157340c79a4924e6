"""The command `trinity`, its help, and the one place where an error becomes a paragraph and an exit code."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from cli.cockpit import cockpit
from cli.compare import compare
from cli.console import messages
from cli.course import course
from cli.demo import demo
from cli.doctor import doctor
from cli.experiment import experiment
from cli.export import export
from cli.fairness import fairness
from cli.lab import lab
from cli.mark import mark
from cli.remark import remark
from cli.report import report
from cli.run import run as run_command
from cli.scenarios import scenarios
from sim.errors import TrinityError

REFUSED = 2
INTERRUPTED = 130


class Commands(TyperGroup):
    """The commands of `trinity`; whatever one of them refuses is said in one paragraph, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Carry out the command that was typed.

        Parameters
        ----------
        ctx : Context
            What typer read from the command line.

        Returns
        -------
        Any
            Whatever the command returns.

        Raises
        ------
        typer.Exit
            With code 2 after a refusal and 130 after an interruption.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            messages().print("Interrupted.", markup=False)
            raise typer.Exit(INTERRUPTED) from None
        except TrinityError as error:
            messages().print(str(error), markup=False)
            raise typer.Exit(REFUSED) from None


app = typer.Typer(
    name="trinity",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Fly a simulated public-sector AI programme: its data, its models, its cloud bill and its people.\n\n"
    "Start with `trinity demo`, then `trinity lab`. Every command explains itself: `trinity run --help`.",
)
app.command("demo")(demo)
app.command("lab")(lab)
app.command("cockpit")(cockpit)
app.command("run")(run_command)
app.command("compare")(compare)
app.add_typer(experiment, name="experiment")
app.command("export")(export)
app.command("report")(report)
app.command("scenarios")(scenarios)
app.add_typer(course, name="course")
app.command("mark")(mark)
app.command("remark")(remark)
app.command("fairness")(fairness)
app.command("doctor")(doctor)


def run() -> None:
    """Start the command; the entry point of the installed program."""
    app()


if __name__ == "__main__":
    run()
