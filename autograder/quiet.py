"""Keeping noise away from a mark: in plain nbgrader, one line on stderr costs a test cell all its points."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

KEPT = 20_000


class Printed(io.StringIO):
    """What a learner's code prints, up to a limit; the rest is dropped, so that a loop cannot fill the memory."""

    def write(self, text: str) -> int:
        """Keep what there is room for, and say that all of it was written."""
        room = KEPT - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)


@contextmanager
def quiet() -> Iterator[Printed]:
    """Hold back stderr, warnings and log lines, and collect what is printed on stdout.

    Yields
    ------
    Printed
        Its ``getvalue()`` is what was printed.
    """
    printed = Printed()
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    level = logging.root.manager.disable
    try:
        os.dup2(nowhere, 2)
        logging.disable(logging.CRITICAL)
        with warnings.catch_warnings(), redirect_stdout(printed), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield printed
    finally:
        logging.disable(level)
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
