"""Compare playbooks in pairs, under the same worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.errors import PlaybookError, SeedError
from sim.playbook import Playbook
from sim.programme import simulate
from sim.scenario import Scenario


def compare(
    scenario: Scenario,
    playbooks: Mapping[str, Playbook],
    seeds: Iterable[int] = range(20),
    instant: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run several playbooks on the same seeds, and measure each against the first, seed by seed.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbooks : mapping of str to Playbook
        By name, two or more; the first is the baseline and has no row.
    seeds : iterable of int
        Two or more different ones.
    instant : bool
        As for `sim.simulate`.
    progress : callable, optional
        Called with (runs done, runs in all) after each run.

    Returns
    -------
    DataFrame
        Columns playbook, against, measure, family, service, unit, effect (mean of the paired differences), low, high
        (95 % interval by Student's t), seeds (those on which both could be measured). Where fewer than two could,
        the interval is NaN.

    Raises
    ------
    PlaybookError
        If there are fewer than two playbooks.
    SeedError
        If there are fewer than two seeds, or one comes twice.
    """
    if not isinstance(playbooks, Mapping):
        raise PlaybookError(
            f"playbooks is {type(playbooks).__name__}, but names and playbooks were expected: {{'naive': ...}}."
        )
    if not isinstance(seeds, Iterable):
        raise SeedError(f"seeds is {seeds!r}, but several were expected, such as range(20).")
    names, chosen = list(playbooks), list(seeds)
    if len(names) < 2:
        raise PlaybookError(
            f"playbooks holds {len(names)}, but a comparison needs two or more; the first is the baseline."
        )
    if len(chosen) < 2 or len(set(chosen)) < len(chosen):
        raise SeedError(f"seeds is {chosen}, but a comparison needs two or more different ones, such as range(20).")
    values: dict[str, list[np.ndarray]] = {name: [] for name in names}
    card = pd.DataFrame()
    for done, seed in enumerate(chosen):
        for k, name in enumerate(names):
            card = simulate(scenario, playbooks[name], seed=seed, instant=instant).scorecard()
            values[name].append(card["value"].to_numpy())
            if progress is not None:
                progress(done * len(names) + k + 1, len(chosen) * len(names))
    baseline = np.array(values[names[0]])
    rows = []
    for name in names[1:]:
        difference = np.array(values[name]) - baseline
        for j, (measure, family, service, unit) in enumerate(
            zip(card["measure"], card["family"], card["service"], card["unit"], strict=True)
        ):
            effect, low, high, n = interval(difference[:, j])
            rows.append((name, names[0], measure, family, service, unit, effect, low, high, n))
    columns = ["playbook", "against", "measure", "family", "service", "unit", "effect", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)


def interval(differences: np.ndarray, level: float = 0.95) -> tuple[float, float, float, int]:
    """Return the mean of paired differences with its interval by Student's t.

    Parameters
    ----------
    differences : ndarray of float, shape (n,)
        NaN where a pair could not be measured.
    level : float
        Confidence.

    Returns
    -------
    mean, low, high : float
        NaN where there are too few pairs.
    n : int
        Pairs measured.
    """
    seen = differences[~np.isnan(differences)]
    n = len(seen)
    if n == 0:
        return float("nan"), float("nan"), float("nan"), 0
    mean = float(seen.mean())
    if n == 1:
        return mean, float("nan"), float("nan"), 1
    half = float(stdtrit(n - 1, 0.5 + level / 2) * seen.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half, n
