"""`trinity lab`: the course in JupyterLab."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from cli.console import output
from cli.port import USUAL, free_near, why_not
from cli.refusal import Refusal


def lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of this machine to serve JupyterLab on.")] = USUAL,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser window.")] = True,
) -> None:
    """Build the course and open it in JupyterLab, on its home page.

    Your own notebooks in `workspace/` are kept as you left them. Stop it with Ctrl-C.

    **Examples**

    - `trinity lab`
    - `trinity lab --port 8890 --no-browser`, then open the address that it prints
    """
    problem = why_not(port)
    if problem:
        other = free_near(port)
        hint = f" Port {other} is free: make lab PORT={other}, or trinity lab --port {other}." if other else ""
        raise Refusal(f"Port {port} {problem}, so JupyterLab cannot use it (does it run there already?).{hint}")

    from course import build

    for sentence in build.build():
        output().print(sentence, markup=False, soft_wrap=True)
    command = [sys.executable, "-m", "jupyterlab", *build.lab_arguments(port, browser)]
    output().print(f"JupyterLab starts on port {port}; stop it with Ctrl-C.", markup=False)
    sys.stdout.flush()
    os.chdir(build.WORKSPACE)  # where a new terminal opens
    os.execve(command[0], command, build.lab_environment())
