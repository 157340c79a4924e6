"""`trinity doctor`: whether this machine has what the course needs, and how to get what is missing."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer
from packaging.requirements import Requirement
from rich.markup import escape

from cli.console import output
from cli.port import USUAL, free_near, why_not

PROJECT = Path(__file__).resolve().parent.parent
DISTRIBUTION = "trinity-programme"
LEAST_PYTHON = (3, 11)
FONT = "DejaVu Sans"
GIGABYTE = 10**9


class State(StrEnum):
    """How a thing stands; a fault is what the course cannot do without."""

    GOOD = "good"
    NOTICE = "notice"
    FAULT = "fault"


COLOURS = {State.GOOD: "green", State.NOTICE: "yellow", State.FAULT: "red"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    subject : str
        What was looked at.
    state : State
        How it stands.
    detail : str
        What was found.
    remedy : str
        What to do about it; empty where nothing need be done.
    """

    subject: str
    state: State
    detail: str
    remedy: str = ""


def doctor() -> None:
    """Check this machine: Python, packages, disk, port, fonts, system, and whether learners' code can be locked in.

    Each line says how a thing stands (good, notice, fault) and what to do about it. With a fault, the exit code is 1.

    **Example**

    - `trinity doctor`
    """
    findings = [system(), python(), packages(PROJECT / "constraints.txt"), disk(Path.cwd()), port(USUAL), font(FONT)]
    findings.append(jail())
    screen = output()
    for finding in findings:
        colour = COLOURS[finding.state]
        screen.print(
            f"[{colour}]{finding.state:<6}[/{colour}]  [bold]{finding.subject}[/bold]: {escape(finding.detail)}"
        )
        if finding.remedy:
            screen.print(f"        What to do: {finding.remedy}", markup=False)
    if any(finding.state is State.FAULT for finding in findings):
        raise typer.Exit(1)


def system(name: str | None = None, release: str | None = None) -> Finding:
    """Say what the course can do on this operating system.

    Parameters
    ----------
    name, release : str, optional
        As `platform.system` and `platform.release` give them, which they are by default.

    Returns
    -------
    Finding
        Good on Linux, a notice on macOS and WSL, a fault on Windows.
    """
    name, release = name or platform.system(), release or platform.release()
    learning = "learning works; marking other people's notebooks does not"
    remedy = "Nothing, if you are here to learn. Mark on a Linux machine, which can lock learners' code in."
    if name == "Linux" and "microsoft" in release.lower():
        return Finding("System", State.NOTICE, f"Linux under Windows (WSL): {learning}.", remedy)
    if name == "Linux":
        return Finding("System", State.GOOD, "Linux: everything works.")
    if name == "Darwin":
        return Finding("System", State.NOTICE, f"macOS: {learning}.", remedy)
    if name == "Windows":
        return Finding(
            "System", State.FAULT, "Windows is not supported.", "Install WSL (wsl --install) and work in it."
        )
    return Finding("System", State.NOTICE, f"{name}: not tried.", "Go on if you like; Linux is known to work.")


def jail(standing: Mapping[str, str] | None = None) -> Finding:
    """Say what can be put round learners' code when a class is marked.

    Parameters
    ----------
    standing : mapping of str to str, optional
        As `autograder.jail.walls.standing` finds it: what cannot be built, and why.

    Returns
    -------
    Finding
        Good with bubblewrap's walls, otherwise a notice: learning needs none.
    """
    if standing is None:
        from autograder.jail.walls import standing as tried

        standing = tried()
    first, second = standing["bubblewrap"], standing["landlock"]
    if not first:
        return Finding("Jail", State.GOOD, "learners' code can be locked in with bubblewrap.")
    remedy = "Nothing, if you are here to learn. Else see 'The jail' in docs/how-to/mark-a-class.md."
    if not second:
        return Finding("Jail", State.NOTICE, f"only the second choice, Landlock, works here: {first}.", remedy)
    return Finding("Jail", State.NOTICE, f"marking refuses here: {first}; {second}.", remedy)


def python(version: tuple[int, ...] | None = None) -> Finding:
    """Say whether the interpreter is new enough.

    Parameters
    ----------
    version : tuple of int, optional
        Major, minor and micro; by default those of the running interpreter.

    Returns
    -------
    Finding
        A fault below Python 3.11.
    """
    version = version or tuple(sys.version_info[:3])
    text = ".".join(str(part) for part in version)
    if version < LEAST_PYTHON:
        return Finding(
            "Python", State.FAULT, f"{text} is too old.", "Install Python 3.11 or later, then run make setup."
        )
    return Finding("Python", State.GOOD, f"{text} ({sys.executable}).")


def packages(constraints: Path) -> Finding:
    """Compare the installed packages with the versions that were tried together.

    Parameters
    ----------
    constraints : Path
        One ``name==version`` a line; without that file the package's own lower bounds are used.

    Returns
    -------
    Finding
        A fault if a package is missing, a notice if one has another version.
    """
    if constraints.is_file():
        lines = constraints.read_text(encoding="utf-8").splitlines()
        source = f"the versions in {constraints.name}"
    else:
        lines = importlib.metadata.requires(DISTRIBUTION) or []
        source = "the course's requirements"
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    missing, other, count = [], [], 0
    for requirement in wanted:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        count += 1
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(requirement.name)
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            other.append(f"{requirement.name} {version} (wanted {requirement.specifier})")
    remedy = "make setup, which installs exactly what was tried."
    if missing:
        return Finding("Packages", State.FAULT, f"{len(missing)} of {count} are missing: {', '.join(missing)}.", remedy)
    if other:
        return Finding(
            "Packages", State.NOTICE, f"{len(other)} of {count} differ from {source}: {', '.join(other)}.", remedy
        )
    return Finding("Packages", State.GOOD, f"all {count} agree with {source}.")


def disk(folder: Path, free: int | None = None) -> Finding:
    """Say whether there is room for notebooks and saved runs.

    Parameters
    ----------
    folder : Path
        A folder on the disk in question.
    free : int, optional
        Free bytes; by default those of the disk that holds the folder.

    Returns
    -------
    Finding
        A notice below 1 GB, a fault below 0.1 GB.
    """
    free = shutil.disk_usage(folder).free if free is None else free
    detail = f"{free / GIGABYTE:.1f} GB free in {folder}."
    if free < GIGABYTE // 10:
        return Finding("Disk", State.FAULT, detail, "Make room: notebooks cannot be saved on a full disk.")
    if free < GIGABYTE:
        return Finding("Disk", State.NOTICE, detail, "Make room soon; a saved run takes some tens of megabytes.")
    return Finding("Disk", State.GOOD, detail)


def port(number: int) -> Finding:
    """Say whether JupyterLab can have its usual port.

    Parameters
    ----------
    number : int
        The port.

    Returns
    -------
    Finding
        A notice if it cannot; another port will do.
    """
    problem = why_not(number)
    if problem is None:
        return Finding("Port", State.GOOD, f"{number} is free for JupyterLab.")
    other = free_near(number)
    remedy = f"make lab PORT={other}" if other else "Name another one: make lab PORT=..."
    return Finding("Port", State.NOTICE, f"{number} {problem}.", remedy)


def font(family: str) -> Finding:
    """Say whether plots can be lettered.

    Parameters
    ----------
    family : str
        The font family of the plots.

    Returns
    -------
    Finding
        A notice if matplotlib cannot find it and takes another.
    """
    try:
        from matplotlib import font_manager
    except ImportError:
        return Finding("Fonts", State.FAULT, "matplotlib is missing, so nothing can be drawn.", "make setup")
    try:
        font_manager.findfont(family, fallback_to_default=False)
    except ValueError:
        return Finding(
            "Fonts", State.NOTICE, f"{family} is missing; plots take another.", "make setup, or install the font."
        )
    return Finding("Fonts", State.GOOD, f"{family} is there for the plots.")
