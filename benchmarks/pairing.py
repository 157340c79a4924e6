"""What it saves to run two playbooks in the same worlds: how many replications it takes beside runs in worlds apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.table import Table
from scipy.stats import bootstrap

import sim
from sim.experiments.study import Cell, study

WORLDS = 24

QUARTERS = 4

AT_MOST = 0.2
"""Share of the replications of independent runs that paired ones may need, for an interval of the same width."""


def tables() -> Iterator[Table]:
    """Run three playbooks in the same worlds, and compare each pair both ways."""
    scenario = sim.load_scenario("household-support").only("claims-triage").replace(quarters=QUARTERS)
    reference = sim.practices.reference()
    books = {
        "naive": sim.Playbook(),
        "naive and a gate": sim.Playbook(validate=sim.practices.validation_gate()),
        "reference": reference,
        "reference without its gate": reference.replace(validate=sim.Playbook().validate),
    }
    found = study({name: Cell(scenario, book) for name, book in books.items()}, range(WORLDS))
    value = found.values[:, :, found.rows(measure="net_public_value", service="all")[0]]
    of = dict(zip(books, value, strict=True))
    table = Table(title=f"Pairing: net public value, one service, {QUARTERS} quarters, {WORLDS} worlds")
    for heading in ("pair", "effect, GBP", "share of replications", "95 % interval", "at most", "correlation"):
        table.add_column(heading, justify="left" if heading == "pair" else "right")
    for one, other in (
        ("naive and a gate", "naive"),
        ("reference", "reference without its gate"),
        ("reference", "naive"),
    ):
        ratio, low, high = share(of[one], of[other])
        table.add_row(
            f"{one} against {other}",
            f"{np.mean(of[one] - of[other]):,.0f}",
            f"{ratio:.3f}",
            f"{low:.3f} to {high:.3f}",
            f"{AT_MOST}",
            f"{np.corrcoef(of[one], of[other])[0, 1]:.2f}",
        )
    table.caption = "Share: variance of the paired difference over the sum of both variances; bootstrap over worlds"
    yield table


def share(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Return what share of the replications of independent runs paired ones need, and its 95 % interval.

    Parameters
    ----------
    one, other : ndarray of float, shape (n,)
        The same measure under two playbooks, world by world.

    Returns
    -------
    tuple of float
        The share, and the interval by the bias-corrected bootstrap over worlds.
    """
    worlds = np.random.default_rng(0)
    spread = bootstrap((one, other), _ratio, paired=True, vectorized=True, rng=worlds).confidence_interval
    return float(_ratio(one, other)), float(spread.low), float(spread.high)


def _ratio(one: np.ndarray, other: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.var(one - other, axis=axis, ddof=1) / (np.var(one, axis=axis, ddof=1) + np.var(other, axis=axis, ddof=1))
