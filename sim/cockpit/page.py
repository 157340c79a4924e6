"""The cockpit on a page of its own, served by Voilà: no code in sight, and nothing from elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat

SHARE = Path(__file__).parent / "share"
"""Where Voilà finds the page's template."""

EXTENSIONS = ["anywidget", "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]
"""What the page needs of all that is installed for JupyterLab."""


def write_notebook(folder: Path, scenario: str, seed: int) -> Path:
    """Write the notebook of one cell that the page shows.

    Parameters
    ----------
    folder : Path
        In which it is written.
    scenario : str
        A shipped scenario's name, or a path to a ``.yml``.
    seed : int
        Which world.

    Returns
    -------
    Path
        The notebook.
    """
    cell = f"import sim.cockpit\n\nsim.cockpit.open({scenario!r}, seed={seed})"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata |= {
        "title": "Programme cockpit",
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    }
    path = folder / "cockpit.ipynb"
    nbformat.write(notebook, path)
    return path


def command(notebook: Path, port: int, browser: bool) -> list[str]:
    """Return the command that serves the page on this machine alone."""
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook),
        f"--port={port}",
        "--Voila.ip=127.0.0.1",
        "--template=cockpit",
        "--VoilaConfiguration.show_tracebacks=False",
        f"--VoilaConfiguration.extension_allowlist={EXTENSIONS}",
        *([] if browser else ["--no-browser"]),
    ]


def environment() -> dict[str, str]:
    """Return the environment in which that command is run."""
    here = [path or os.getcwd() for path in sys.path]
    paths = [str(SHARE), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {**os.environ, "JUPYTER_PATH": os.pathsep.join(paths), "PYTHONPATH": os.pathsep.join(here)}
