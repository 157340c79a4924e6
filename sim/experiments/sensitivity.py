"""Which parameters of the world the answer hangs on, with the chance of single runs taken out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from sim.errors import StudyError
from sim.experiments.study import Cell, Progress, chosen_seeds, measured, study
from sim.playbook import Playbook
from sim.scenario import Scenario
from sim.scenario.place import Parameter, at_places, no_such, parameters
from sim.streams import Streams

INDICES = {"first": "S1", "total": "ST"}
"""Index to its name in SALib."""

COLUMNS = ["parameter", "index", "value", "low", "high", "noise"]


def sensitivity(
    scenario: Scenario,
    ranges: Mapping[str, tuple[float, float] | None],
    playbook: Playbook | None = None,
    *,
    against: Playbook | None = None,
    measure: str = "net_public_value",
    service: str = "all",
    samples: int = 64,
    seeds: Iterable[int] = range(4),
    instant: bool = False,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Share the variance of an outcome out among parameters: Sobol indices by SALib, allowing for noise.

    Each setting is run on the same seeds. What seeds have in common drops out; what is left of their spread is noise,
    and both indices are corrected for it (see `corrected`).

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    ranges : mapping of str to (low, high)
        By place of the parameter (see `sim.scenario.place.parameters`): how far it may plausibly lie. What a scenario
        accepts is far wider, so there is no default.
    playbook : Playbook, optional
        What is decided; naive when left out.
    against : Playbook, optional
        A baseline: the outcome is then the paired difference from it.
    measure, service : str
        A line of the scorecard.
    samples : int
        A power of two; settings are ``samples * (parameters + 2)``.
    seeds : iterable of int
        Two or more worlds for each setting.
    instant, jobs, folder, progress
        As for `sim.experiments.study.study`.

    Returns
    -------
    DataFrame
        Columns parameter, measure, service, index (``"first"`` or ``"total"``), value, low, high (95 % by SALib's
        bootstrap), noise (share of the variance between settings that is chance).

    Raises
    ------
    StudyError
        If samples is no power of two, a range is empty or left out, no parameter is given, or there is no such line of
        the scorecard.
    ScenarioError
        If there is no such parameter, or a range leaves the accepted one.
    """
    from SALib.sample import sobol  # loads matplotlib, for which a comparison need not wait

    if not ranges or samples < 2 or samples & (samples - 1):
        raise StudyError(f"Give one parameter or more, and samples as a power of two, such as 64, not {samples}.")
    chosen = chosen_seeds(seeds)
    measured(scenario, measure, service)
    names, bounds = list(ranges), _bounds(scenario, ranges)
    problem = {"num_vars": len(names), "names": names, "bounds": bounds}
    entropy = int(Streams(0).generator("experiments/sensitivity").integers(2**31))
    design = sobol.sample(problem, samples, calc_second_order=False, seed=entropy)
    book = playbook if playbook is not None else Playbook()
    settings = [at_places(scenario, dict(zip(names, point, strict=True))) for point in design]
    cells = {f"setting {i}": Cell(world, book) for i, world in enumerate(settings)}
    if against is not None:
        cells |= {f"setting {i}, against": Cell(world, against) for i, world in enumerate(settings)}
    found = study(cells, chosen, instant=instant, jobs=jobs, folder=folder, progress=progress)
    outcome = found.values[:, :, found.rows(measure=measure, service=service)[0]]
    if against is not None:
        outcome = outcome[: len(settings)] - outcome[len(settings) :]
    if np.isnan(outcome).any():
        raise StudyError(
            f"{measure} could not be measured in every setting; narrow the ranges, or take another measure."
        )
    table = corrected(problem, outcome, entropy)
    table.insert(1, "measure", measure)
    table.insert(2, "service", service)
    return table


def corrected(problem: Mapping[str, object], outcome: np.ndarray, entropy: int = 0) -> pd.DataFrame:
    """Return Sobol indices of noisy outcomes.

    With noise of variance :math:`s` in each setting's mean, and :math:`V` the variance of the means, the estimator of
    the first-order index is too small by the factor :math:`1 - s/V`, and that of the total index is
    :math:`(T (V - s) + s) / V`. Both are solved for what they estimate.

    Parameters
    ----------
    problem : mapping
        As SALib wants it.
    outcome : ndarray of float, shape (settings, seeds)
        In the order of SALib's design without second order. Seeds are the same for each setting.
    entropy : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Columns parameter, index, value, low, high, noise. Indices are NaN where settings differ by no more than chance.
    """
    from SALib.analyze import sobol

    means = outcome.mean(axis=1)
    left = outcome - means[:, None] - outcome.mean(axis=0) + outcome.mean()
    cells, seeds = outcome.shape
    noise_variance = float((left**2).sum()) / ((cells - 1) * (seeds - 1)) / seeds
    whole = float(means.var(ddof=1))
    names: list[str] = list(problem["names"])  # type: ignore[call-overload]
    if whole <= noise_variance:
        nothing = [
            (name, index, *[float("nan")] * 3, 1.0 if whole else float("nan")) for name in names for index in INDICES
        ]
        return pd.DataFrame(nothing, columns=COLUMNS)
    noise = noise_variance / whole
    signal = 1 - noise
    found = sobol.analyze(problem, means, calc_second_order=False, seed=entropy)
    rows = []
    for i, name in enumerate(names):
        for index, key in INDICES.items():
            value = (found[key][i] - (noise if index == "total" else 0.0)) / signal
            half = found[f"{key}_conf"][i] / signal
            rows.append((name, index, value, value - half, value + half, noise))
    return pd.DataFrame(rows, columns=COLUMNS)


def _bounds(scenario: Scenario, ranges: Mapping[str, tuple[float, float] | None]) -> list[tuple[float, float]]:
    known = parameters(scenario)
    bounds = []
    for place, wanted in ranges.items():
        if place not in known:
            raise StudyError(no_such(place, known))
        if wanted is None:
            raise StudyError(_no_range(known[place]))
        low, high = wanted
        if low is None or high is None or not low < high:
            raise StudyError(f"The range of {place} is {low} to {high}, but a lower and a higher value are needed.")
        bounds.append((float(low), float(high)))
    return bounds


def _no_range(about: Parameter) -> str:
    """Say that a range is wanted, and what is known of the parameter."""
    half = sorted(min(max(about.value * share, about.low), about.high) for share in (0.8, 1.2))  # type: ignore[type-var]
    return (
        f"{about.place} is {about.value:g} ({about.unit}). Give how far it may plausibly lie, such as "
        f"({half[0]:g}, {half[1]:g}), a fifth each way: anything from {about.low:g} to {about.high:g} is accepted, but "
        "that is no judgement of what is plausible."
    )
