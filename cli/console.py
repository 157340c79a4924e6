"""Where the command writes: results on standard output, everything else on standard error."""

from __future__ import annotations

import sys

from rich.console import Console

PLAIN_WIDTH = 110


def output() -> Console:
    """Return the console for results; a pipe or a file gets a fixed width, so that tables are not cut."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)


def messages() -> Console:
    """Return the console for progress and refusals."""
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
