"""Conservation: nothing is lost of money, charges and cases, in random worlds under random playbooks."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, seed, settings

import sim
from tests.accounting import PARTS, account
from tests.random_worlds import BOOKS, ORDINARY, played, scenarios
from tests.verification.check import Check, Row, never

DRAWS, WORLDS = 10, 10
"""Parts, and worlds drawn in each."""


def broken(part: str, programme: sim.Programme, run: sim.Run) -> bool:
    """Say whether something of a part of the books does not hold."""
    try:
        account(part, programme, run)
    except (AssertionError, sim.errors.TrinityError):
        return True
    return False


def measure(draw: int) -> list[float]:
    """Return how many worlds of a draw were played, and in how many each part of the books did not hold."""
    counts = np.zeros(1 + len(PARTS))

    @seed(draw)
    @settings(ORDINARY, derandomize=False, database=None, max_examples=WORLDS)
    @given(scenarios(), BOOKS)
    def play(data: dict[str, Any], books: list[sim.Playbook]) -> None:
        programme, run = played(data, draw * WORLDS + int(counts[0]), books)
        counts[0] += 1
        counts[1:] += [broken(part, programme, run) for part in PARTS]

    play()
    return counts.tolist()


def conclude(parts: np.ndarray) -> list[Row]:
    """Say of each part of the books that it always held."""
    count, *found = parts.sum(axis=0)
    return [never(n, count) for n in found]


CHECKS = [
    Check(
        "conservation",
        tuple(f"Random worlds and playbooks in which the {part} did not balance" for part in PARTS),
        "share of worlds",
        DRAWS,
        measure,
        conclude,
        slow=True,
    )
]
