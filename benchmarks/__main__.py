"""All benchmarks, or those that are named: ``python -m benchmarks speed growth pairing parallel start marking``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks import growth, marking, pairing, parallel, speed, start

PARTS: dict[str, Callable[[], Iterator[Table]]] = {
    "speed": speed.tables,
    "start": start.tables,
    "growth": growth.tables,
    "pairing": pairing.tables,
    "parallel": parallel.tables,
    "marking": marking.tables,
}
"""By name, in the order in which they are run."""


def main(chosen: Sequence[str]) -> None:
    """Run some benchmarks, or all of them, and print each as soon as it is done."""
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        raise SystemExit(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(PARTS)}.")
    console = Console(width=120)
    for name in chosen or PARTS:
        for table in PARTS[name]():
            console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
