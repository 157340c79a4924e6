"""A notebook's cells run as Jupyter runs them: one IPython shell, whose output is kept as a notebook keeps it."""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import activate_matplotlib
from matplotlib_inline.backend_inline import configure_inline_support
from traitlets import Type
from traitlets.config import Config

from autograder.jail.handover import TookTooLongError, within

INLINE = "module://matplotlib_inline.backend_inline"
CUT = "\n... the rest of the output was dropped: there was too much of it ...\n"


class Outputs:
    """What one cell has put out, up to a limit.

    Parameters
    ----------
    most : int
        Bytes, all outputs together.
    """

    def __init__(self, most: int) -> None:
        self.kept: list[dict[str, Any]] = []
        self._room = most
        self._cut = False

    def text(self, name: str, text: str) -> None:
        """Keep what was written on a stream."""
        if not text or self._cut:
            return
        if len(text) > self._room:
            text, self._cut = text[: self._room] + CUT, True
        self._room -= len(text)
        if self.kept and self.kept[-1].get("name") == name:
            self.kept[-1]["text"] += text
        else:
            self.kept.append({"output_type": "stream", "name": name, "text": text})

    def show(self, kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Keep what was displayed, or what a cell's last line came to."""
        size = sum(len(part) if isinstance(part, (str, bytes)) else 1000 for part in data.values())
        if self._cut or size > self._room:
            self.text("stdout", CUT)
            return
        self._room -= size
        self.kept.append({"output_type": kind, "data": data, "metadata": metadata})

    def clear(self) -> None:
        """Forget what was put out so far; its room stays taken."""
        self.kept.clear()


class _Stream:
    """Stands for stdout or stderr while a cell runs."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.text(self._name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for text in lines:
            self.write(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return {"stdout": 1, "stderr": 2}[self._name]


class _Publisher(DisplayPublisher):
    def publish(self, data: dict, metadata: dict | None = None, **_: Any) -> None:
        self.parent.outputs.show("display_data", dict(data), dict(metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        self.parent.outputs.clear()


class _Hook(DisplayHook):
    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.shell.outputs.show("execute_result", dict(format_dict), dict(md_dict or {}))

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """One learner's session.

    Attributes
    ----------
    outputs : Outputs
        Of the cell that runs, or ran last.
    """

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs = Outputs(0)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        lines = [str(line) for line in stb]
        name = "TimeoutError" if isinstance(evalue, TookTooLongError) else etype.__name__
        self.outputs.kept.append(
            {"output_type": "error", "ename": name, "evalue": str(evalue)[:1000], "traceback": lines[-100:]}
        )

    def run(self, source: str, seconds: float, most: int) -> list[dict[str, Any]]:
        """Run one cell.

        Parameters
        ----------
        source : str
            Its text.
        seconds : float
            After which it is interrupted.
        most : int
            Bytes that it may put out.

        Returns
        -------
        list of dict
            Its outputs, as a notebook keeps them.
        """
        self.outputs = Outputs(most)
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            with within(seconds):
                self.run_cell(source, store_history=True)
        except TookTooLongError as error:
            self._showtraceback(TimeoutError, error, [f"TimeoutError: {error}"])
        finally:
            sys.stdout, sys.stderr = streams
        return self.outputs.kept


def started() -> Shell:
    """Return a session without colours, history or files of its own."""
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    settings.InteractiveShell.xmode = "Context"
    session = Shell.instance(config=settings)
    activate_matplotlib(INLINE)
    configure_inline_support(session, INLINE)
    return session
