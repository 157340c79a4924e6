"""The same few submissions marked on many learners' worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from autograder import syllabus
from autograder.baselines import kept_in
from autograder.bench import Bench
from autograder.judge import judge
from autograder.quiet import quiet
from autograder.variants import Secret, variant_of

Make = Callable[[str, str], Mapping[str, Any]]
"""Makes what a submission hands over for each task, from module and name; a function at the top of a module."""


def learners(count: int) -> list[str]:
    """Return the names of simulated learners, the same for the same number and more of them for a larger one."""
    return [f"learner-{number}" for number in range(1, count + 1)]


def trial(
    module: str, make: Make, submissions: Sequence[str], secret: Secret, count: int, folder: Path, jobs: int = 1
) -> Iterator[pd.DataFrame]:
    """Mark the same submissions on each of some simulated learners' worlds.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    make : callable
        See `Make`.
    submissions : sequence of str
        Their names. Their code is trusted: it runs here, and not in a jail.
    secret : Secret
        From which the worlds follow.
    count : int
        Learners.
    folder : Path
        Where baselines are kept from one time to the next.
    jobs : int
        Processes; -1 for every core.

    Yields
    ------
    DataFrame
        One for each learner as it is done: columns learner, submission, task, points and of.
    """
    work = joblib.delayed(_marked)
    with joblib.Parallel(n_jobs=jobs, return_as="generator_unordered") as pool:
        yield from pool(work(module, make, tuple(submissions), secret, name, folder) for name in learners(count))


def _marked(
    module: str, make: Make, submissions: tuple[str, ...], secret: Secret, learner: str, folder: Path
) -> pd.DataFrame:
    """Mark every submission on one learner's worlds."""
    bench, rows = Bench(variant_of(secret, module, learner)), []
    with kept_in(folder):
        for name in submissions:
            for task_id, thing in make(module, name).items():
                task = syllabus.load().task(task_id)
                if task.kind != "code":
                    continue
                with quiet():
                    outcome = judge(task_id, task, thing, bench)
                rows.append((learner, name, task_id.split(".")[1], outcome.points, task.points))
    return pd.DataFrame(rows, columns=["learner", "submission", "task", "points", "of"])
