"""The cockpit: controls for people, in a notebook or on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cockpit.game import Game
from sim.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from sim.cockpit.view import Cockpit


def open(scenario: str | Scenario = "household-support", *services: str, seed: int = 0) -> Cockpit:
    """Return the cockpit of a department, to be shown as the last line of a cell.

    Parameters
    ----------
    scenario : str or Scenario
        A shipped scenario's name, a path to a ``.yml``, or one that has been loaded.
    *services : str
        Those to fly; all when none is named.
    seed : int
        Which world.

    Returns
    -------
    sim.cockpit.view.Cockpit
        A widget.

    Raises
    ------
    sim.errors.TrinityError
        If there is no such scenario or service, or the seed is refused.

    Examples
    --------
    >>> cockpit = open("household-support", "claims-triage", seed=7)
    """
    from sim.cockpit.view import Cockpit

    world = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return Cockpit(world.only(*services) if services else world, seed)


__all__ = ["Game", "open"]
