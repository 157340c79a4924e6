"""A whole run in one call."""

from __future__ import annotations

from sim.playbook import Playbook
from sim.programme.programme import Programme
from sim.run import Run
from sim.scenario import Scenario


def simulate(scenario: Scenario, playbook: Playbook | None = None, seed: int = 0, instant: bool = False) -> Run:
    """Run a programme from its first day to its last under one playbook.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbook : Playbook, optional
        The team's decisions; the naive ones when left out.
    seed : int
        Zero or more. The same seed is the same world, whatever the playbook.
    instant : bool
        Let practices come into force at once and for nothing, for lessons about one lever.

    Returns
    -------
    Run
        What happened.

    Raises
    ------
    sim.errors.TrinityError
        If the seed, the playbook or an answer of one of its decisions is refused.
    """
    programme = Programme(scenario, seed=seed, instant=instant)
    book = playbook if playbook is not None else Playbook()
    try:
        while not programme.done:
            programme.advance(book)
        return programme.run()
    finally:
        programme.close()
