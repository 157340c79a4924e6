"""Finding and reading scenarios."""

from __future__ import annotations

from pathlib import Path

import yaml

from sim.errors import ScenarioError, unknown
from sim.scenario.scenario import Scenario, build

SHIPPED = Path(__file__).parent.parent / "scenarios"


def scenario_names() -> list[str]:
    """Return the names of the scenarios that ship with the simulator, in alphabetical order."""
    return sorted(p.stem for p in SHIPPED.glob("*.yml"))


def load_scenario(name: str | Path) -> Scenario:
    """Load a scenario by name, or from a YAML file.

    Parameters
    ----------
    name : str or Path
        A shipped scenario's name, or the path of a ``.yml`` file.

    Returns
    -------
    Scenario
        Frozen and valid.

    Raises
    ------
    ScenarioError
        If the name is unknown, or the file is missing, unreadable, not YAML or not a valid scenario.
    """
    text = str(name)
    if text.endswith((".yml", ".yaml")):
        path = Path(text)
        if not path.is_file():
            raise ScenarioError(
                f"There is no scenario file {text!r}. Shipped scenarios: {', '.join(scenario_names())}."
            )
    else:
        path = SHIPPED / f"{text}.yml"
        if text not in scenario_names():
            raise ScenarioError(unknown("scenario", text, scenario_names()))
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        why = getattr(error, "problem", None) or "it is not text"
        raise ScenarioError(f"{path.name} is not valid YAML{place}: {why}.") from None
    except OSError as error:
        raise ScenarioError(f"{path.name} cannot be read: {error.strerror}.") from None
    return build(data, origin=path.name)
