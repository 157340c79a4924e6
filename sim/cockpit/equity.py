"""The equity gap in words: between which groups, how sure it is, and when it was widest."""

from __future__ import annotations

import math

import numpy as np

from sim.cockpit.observed import Figures
from sim.models.fairness import award_rates, equity_gap
from sim.scenario import Scenario
from sim.scenario.service import Service
from sim.scenario.targets import TARGETS


def gaps_by_service(quarters: list[Figures]) -> dict[str, float]:
    """Return each service's equity gap over all decisions of some quarters; without those that have none."""
    gaps = {s: float(equity_gap(*_counts(quarters, s))) for s in quarters[-1]["services"]}
    return {service: gap for service, gap in gaps.items() if math.isfinite(gap)}


def _counts(quarters: list[Figures], service: str) -> list[np.ndarray]:
    """Return how many were eligible and how many served, by group, over all quarters."""
    return [np.sum([q["services"][service][what] for q in quarters], axis=0) for what in ("eligible", "granted")]


def sampling_error(eligible: np.ndarray, granted: np.ndarray, weight: int) -> float:
    """Return the sampling error of an equity gap, at 95 %: of the difference between two binomial shares.

    Parameters
    ----------
    eligible, granted : ndarray of float, shape (groups,)
        As for `sim.models.fairness.equity_gap`, in people.
    weight : int
        How many people each simulated case stands for: what is sampled is cases.

    Returns
    -------
    float
        Half the width of the interval, share of people. It takes the two groups as they were found to be the best and
        the worst served; where there are more than two, the gap itself leans upwards as well.
    """
    rates = award_rates(eligible, granted)
    ends = [int(rates.argmax()), int(rates.argmin())]
    variance = rates[ends] * (1 - rates[ends]) / (eligible[ends] / weight)
    return float(1.96 * math.sqrt(variance.sum()))


def widest(scenario: Scenario, quarters: list[Figures], span: str) -> str:
    """Say of the widest gap whose it is, between whom, how sure, how reckoned, and when it was widest.

    Parameters
    ----------
    scenario : Scenario
        For its services and their groups.
    quarters : list of dict
        As `sim.cockpit.observed.quarter_figures` returns them; at least one.
    span : str
        What time they are of.

    Returns
    -------
    str
        It names another service too where that one's gap was wider in a single quarter.
    """
    gaps = gaps_by_service(quarters)
    target = f"target at most {TARGETS['equity_gap']:.0%}"
    if not gaps:
        return f"{span}; {target}"
    service, titled = max(gaps, key=lambda name: gaps[name]), {s.name: s for s in scenario.services if s.name in gaps}
    by_quarter = {q["quarter"]: q["services"][service]["gap"][0] for q in quarters}
    known = {quarter: gap for quarter, gap in by_quarter.items() if gap is not None}
    whose = f"{titled[service].title}, the widest: " if len(gaps) > 1 else ""
    between = _between(titled[service], *_counts(quarters, service))
    if len(quarters) == 1 or not known:
        return f"{whose}{between}; {span}; {target}"
    worst = max(known, key=lambda quarter: known[quarter])
    said = f"{whose}{between}; {span} together, worst in Q{worst} ({known[worst]:.1%})"
    peak = max(
        ((q["services"][name]["gap"][0] or 0.0, s.title, q["quarter"]) for q in quarters for name, s in titled.items()),
        key=lambda found: found[0],
    )
    if peak[0] > known[worst]:
        said += f"; in a single quarter {peak[1]}'s, in Q{peak[2]} ({peak[0]:.1%})"
    return f"{said}; {target}"


def _between(service: Service, eligible: np.ndarray, granted: np.ndarray) -> str:
    """Say which groups are served best and worst, and how far sampling alone may move the gap."""
    rates = award_rates(eligible, granted)
    best, worst = (
        f"{rates[k]:.1%} of {service.groups[k].name.replace('-', ' ')}" for k in (rates.argmax(), rates.argmin())
    )
    error = sampling_error(eligible, granted, service.weight)
    served = "planned for well" if service.regression else "served as they are entitled to"
    return f"{best} {served}, {worst}; sampling error ±{error * 100:.1f} points"
