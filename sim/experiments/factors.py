"""Factors: sets of decisions that are taken together or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.decisions import POINTS
from sim.errors import StudyError, unknown
from sim.playbook import FIELDS, Playbook

Factors = Mapping[str, Mapping[str, Any]]
"""By name of the factor: decisions by decision point."""


def disciplines(playbook: Playbook) -> dict[str, dict[str, Any]]:
    """Return what a playbook decides, one factor for each discipline that decides anything.

    Parameters
    ----------
    playbook : Playbook
        For instance the reference.

    Returns
    -------
    dict
        By discipline: its decisions that are not the naive ones.
    """
    factors: dict[str, dict[str, Any]] = {}
    for point, decision in practices(playbook).items():
        factors.setdefault(POINTS[point].discipline, {}).update(decision)
    return factors


def practices(playbook: Playbook) -> dict[str, dict[str, Any]]:
    """Return what a playbook decides, one factor for each decision that is not the naive one."""
    decided = {point: playbook.decision(point) for point in FIELDS}
    return {point: {point: d} for point, d in decided.items() if not POINTS[point].is_naive(d)}


def checked(factors: Factors, least: int = 1) -> dict[str, dict[str, Any]]:
    """Return factors that decide each point at most once, or raise `StudyError`."""
    if not isinstance(factors, Mapping) or len(factors) < least:
        raise StudyError(f"Give {least} or more factors: a name, and decisions by decision point, for each.")
    owner: dict[str, str] = {}
    for name, decisions in factors.items():
        if not isinstance(decisions, Mapping) or not decisions:
            raise StudyError(f"The factor {name!r} decides nothing; give it decisions by decision point.")
        for point in decisions:
            if point not in POINTS:
                raise StudyError(f"The factor {name!r}: {unknown('decision point', point, POINTS)}")
            if point in owner:
                raise StudyError(f"The factors {owner[point]!r} and {name!r} both decide {point}; one of them may.")
            owner[point] = name
    return {name: dict(decisions) for name, decisions in factors.items()}


def taken(baseline: Playbook, factors: Factors, names: Iterable[str]) -> Playbook:
    """Return the baseline with the decisions of some factors."""
    decisions: dict[str, Any] = {}
    for name in names:
        decisions.update(factors[name])
    return baseline.replace(**decisions)
