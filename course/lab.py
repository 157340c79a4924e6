"""How JupyterLab is started for a learner: on the home page, offline, and without touching their own settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CONFIG = Path(__file__).resolve().parent / "jupyter"
TEACHERS = ("assignment_list", "course_list", "formgrader", "validate_assignment")


def arguments(port: int, browser: bool, workspace: Path) -> list[str]:
    """Return what to pass to ``jupyter lab``.

    Parameters
    ----------
    port : int
        Where to listen; another is never tried.
    browser : bool
        Whether to open one.
    workspace : Path
        The learner's folder, from which the server serves.

    Returns
    -------
    list of str
        Arguments without the program's name.
    """
    extensions = {f"nbgrader.server_extensions.{name}": False for name in TEACHERS}
    chosen = [
        f"--ServerApp.root_dir={workspace}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--LabApp.default_url=/lab/tree/Home.md",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--ServerApp.jpserver_extensions={extensions}",
        "--KernelSpecManager.allowed_kernelspecs=python3",
        f"--ServerApp.terminado_settings={{'shell_command': ['{os.environ.get('SHELL') or '/bin/sh'}', '-i']}}",
        "--Application.log_level=ERROR",
    ]
    if not browser:
        chosen.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        chosen.append("--allow-root")
    return chosen


def environment(workspace: Path) -> dict[str, str]:
    """Return the environment to start ``jupyter lab`` in.

    Parameters
    ----------
    workspace : Path
        The learner's folder; JupyterLab keeps its layout and settings in a hidden folder there.

    Returns
    -------
    dict of str to str
        This process's own, with the interpreter's programs first on the path and the course's settings as defaults; the
        learner's own Jupyter settings are left alone.
    """
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "JUPYTER_CONFIG_DIR": str(workspace / ".jupyterlab"),
        "JUPYTER_CONFIG_PATH": str(CONFIG),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
