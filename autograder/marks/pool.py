"""Processes that work side by side, forked from this one: what it has imported they share, and need not import."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from threadpoolctl import threadpool_limits

T = TypeVar("T")

POOLS = 3
"""How often processes are started anew after one of them was ended from outside, by want of memory for instance."""


def forked(work: Callable[[str], T], names: Sequence[str], processes: int, lost: Callable[[str], T]) -> Iterator[T]:
    """Do the same work for many, several at once, and give each result as soon as it is there.

    Parameters
    ----------
    work : callable
        Of one name. It must be able to be begun anew: what was under way when a process was ended is done again.
    names : sequence of str
        For whom.
    processes : int
        How many at once, each on one thread.
    lost : callable
        Gives the result for a name whose work has never come to an end.

    Yields
    ------
    T
        In the order in which they are done.
    """
    left = dict.fromkeys(names)
    for _ in range(POOLS):
        for name, result in _once(work, list(left), processes):
            del left[name]
            yield result
        if not left:
            return
    yield from map(lost, left)


def _once(work: Callable[[str], T], names: list[str], processes: int) -> Iterator[tuple[str, T]]:
    """Give what is done before all is done, or before a process ends that nobody told to."""
    gc.collect()
    gc.freeze()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), threadpool_limits, (1,))
    try:
        waiting = {pool.submit(work, name): name for name in names}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()
