"""`trinity cockpit`: the controls of a programme, on a page of their own."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cli.console import output
from cli.port import free_near, why_not
from cli.refusal import Refusal

COCKPIT_PORT = 8866


def cockpit(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A name from `trinity scenarios`, or a .yml file.")
    ] = "household-support",
    seed: Annotated[int, typer.Option(min=0, help="Which world; the same seed is the same world.")] = 0,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of this machine to serve the page on.")] = (
        COCKPIT_PORT
    ),
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser window.")] = True,
) -> None:
    """Open the cockpit in the browser: move a lever and see what follows, or play quarter by quarter.

    No code is shown and nothing is fetched from elsewhere. Stop it with Ctrl-C.

    **Examples**

    - `trinity cockpit`
    - `trinity cockpit my-department.yml --seed 7`
    - `trinity cockpit --port 8870 --no-browser`, then open the address that it prints
    """
    problem = why_not(port)
    if problem:
        other = free_near(port)
        hint = f" Port {other} is free: trinity cockpit --port {other}." if other else ""
        raise Refusal(f"Port {port} {problem}, so the cockpit cannot use it (is it open already?).{hint}")

    import sim
    from sim.cockpit import page

    sim.load_scenario(scenario)
    path = Path(scenario)
    named = str(path.resolve()) if path.suffix in (".yml", ".yaml") else scenario
    with tempfile.TemporaryDirectory(prefix="trinity-cockpit-") as folder:
        notebook = page.write_notebook(Path(folder), named, seed)
        output().print(f"The cockpit opens at http://127.0.0.1:{port}/; stop it with Ctrl-C.", markup=False)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        server = subprocess.Popen(page.command(notebook, port, browser), env=page.environment(), cwd=folder)
        try:
            server.wait()
        finally:
            server.terminate()
            server.wait()
