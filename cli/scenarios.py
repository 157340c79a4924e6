"""`trinity scenarios`: which departments there are to run."""

from __future__ import annotations

from cli.console import output


def scenarios() -> None:
    """List the scenarios that ship with the simulator.

    **Example**

    - `trinity scenarios`
    """
    import sim
    from sim.scenario import scenario_names

    screen = output()
    for name in scenario_names():
        world = sim.load_scenario(name)
        services = ", ".join(service.name for service in world.services)
        screen.print(f"[bold]{name}[/bold]: {world.title}, {world.quarters} quarters. Services: {services}.")
