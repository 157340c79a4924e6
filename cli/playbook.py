"""Naming a playbook on the command line: a shipped one, or one from a learner's file."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from cli.refusal import Refusal
from sim.errors import nearest

if TYPE_CHECKING:
    from sim import Playbook

SHIPPED = ("naive", "typical", "reference")


def load_playbook(text: str) -> Playbook:
    """Find the playbook that was named.

    Parameters
    ----------
    text : str
        ``naive``, ``typical``, ``reference`` or ``FILE.py:NAME``.

    Returns
    -------
    sim.Playbook
        Ready to be put into the simulator.

    Raises
    ------
    Refusal
        If there is no such playbook or file, the file fails, or the name is missing or of another kind.
    """
    if ":" in text:
        file, _, name = text.rpartition(":")
        return _from_file(Path(file), name)
    if text not in SHIPPED:
        raise Refusal(_unknown(text))
    import sim

    return sim.Playbook() if text == "naive" else getattr(sim.practices, text)()


def load_playbooks(texts: list[str]) -> dict[str, Playbook]:
    """Find several playbooks, in order, each under a name of its own.

    Parameters
    ----------
    texts : list of str
        As for `load_playbook`; one that is named twice gets a number.

    Returns
    -------
    dict
        Playbooks by name.
    """
    playbooks: dict[str, Playbook] = {}
    for text in texts:
        name, count = text, 1
        while name in playbooks:
            count += 1
            name = f"{text} ({count})"
        playbooks[name] = load_playbook(text)
    return playbooks


def _unknown(text: str) -> str:
    if text.endswith(".py"):
        return f"The playbook {text!r} is a file without a name. Write {text}:NAME, where NAME is the playbook in it."
    allowed = f"{', '.join(SHIPPED)}, or FILE.py:NAME for your own"
    return f"There is no playbook named {text!r}. Allowed: {allowed}.{nearest(text, SHIPPED)}"


def _from_file(path: Path, name: str) -> Playbook:
    module = _execute(path)
    if not hasattr(module, name):
        names = [n for n in vars(module) if not n.startswith("_")]
        there = ", ".join(names) or "no names at all"
        raise Refusal(f"{path} has no {name!r}; it has {there}.{nearest(name, names)}")
    return _as_playbook(getattr(module, name), name, path)


def _execute(path: Path) -> ModuleType:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise Refusal(f"The playbook file {str(path)!r} cannot be read: {error.strerror}.") from None
    try:
        code = compile(source, str(path), "exec")
    except SyntaxError as error:
        line = f" (`{error.text.strip()}`)" if error.text else ""
        raise Refusal(f"{path}, line {error.lineno or 1}{line}: Python cannot read it: {error.msg}.") from None
    except ValueError as error:
        raise Refusal(f"{path} is not a Python file: {error}.") from None
    spec = importlib.util.spec_from_file_location(path.stem, path.resolve())
    if spec is None:
        raise Refusal(f"{path} is not a Python file: its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[f"playbook of {path.resolve()}"] = module
    sys.path.append(str(path.resolve().parent))
    try:
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        raise Refusal(_at_own_line(error, path, "while it was read")) from None
    return module


def _as_playbook(thing: Any, name: str, path: Path) -> Playbook:
    import sim

    given = thing
    if callable(thing) and not isinstance(thing, sim.Playbook | type):
        try:
            thing = thing()
        except (Exception, SystemExit) as error:
            raise Refusal(_at_own_line(error, path, f"when {name}() was called without arguments")) from None
    if not isinstance(thing, sim.Playbook):
        answer = " returns" if thing is not given else " is"
        line = getattr(getattr(given, "__code__", None), "co_firstlineno", None)
        place = f"{path}, line {line}" if line else str(path)
        raise Refusal(
            f"{place}: {name}{answer} a {type(thing).__name__}, but a sim.Playbook is needed, or a function without "
            f"arguments that returns one; for instance {name} = sim.Playbook().replace(validate=my_gate)."
        )
    return thing


def _at_own_line(error: BaseException, path: Path, when: str) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    return f"{place}, {when}: {type(error).__name__}: {error}".rstrip(": ")
