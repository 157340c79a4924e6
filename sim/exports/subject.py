"""What is exported: a run, and the scenario that it was a run of."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sim.errors import ExportError
from sim.run import Run
from sim.scenario import Scenario


def check_scenario(run: Run, scenario: Scenario) -> None:
    """Make sure that a run is one of a scenario.

    Parameters
    ----------
    run : Run
        A run, saved or fresh.
    scenario : Scenario
        What it is said to be a run of; a saved run keeps only its name.

    Raises
    ------
    ExportError
        If their names differ, or the run has other services.
    """
    if run.scenario != scenario.name:
        raise ExportError(
            f"The run is one of scenario {run.scenario!r}, but scenario {scenario.name!r} was given. "
            f"Give the scenario of the run: sim.load_scenario({run.scenario!r}), or its .yml file."
        )
    theirs, ours = sorted(set(run.daily["service"])), sorted(s.name for s in scenario.services)
    if theirs and theirs != ours:
        raise ExportError(
            f"The run has the services {', '.join(theirs)}, but scenario {scenario.name!r} has {', '.join(ours)}. "
            "Give the scenario as it was when the run was made."
        )


def instant(scenario: Scenario, day: float) -> datetime:
    """Return the moment of a time of the run.

    Parameters
    ----------
    scenario : Scenario
        Whose first day begins at midnight, UTC.
    day : float
        Days from the start.

    Returns
    -------
    datetime
        With its time zone, to the millisecond.
    """
    midnight = datetime.combine(scenario.start, time(tzinfo=UTC))
    return midnight + timedelta(milliseconds=round(day * 86_400_000))
