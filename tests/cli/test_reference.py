"""The reference pages say what the code says, and every parameter of a scenario is read by something."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import sim
from cli.reference import decisions, frames, parameters
from cli.reference.__main__ import FOLDER
from cli.reference.busy import readers
from cli.reference.numbers import constants
from cli.reference.table import table
from sim.calendar import Calendar
from sim.ledger import Ledger
from sim.scenario.parameter import Part
from sim.scenario.readers import Readers, watched
from sim.scenario.register import register

HOME = Path(sim.__file__).parent
STALE = "is stale: run `make reference`"


def written(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def readers_of(page: str) -> Readers:
    """Return the readers that a page names, field by field."""
    found: Readers = {}
    part = ""
    for line in page.splitlines():
        if line.startswith("## "):
            part = line[3:]
        elif (match := re.match(r"\| `(\w+)`: .* \| ([\w., ]*) \|$", line)) and (part, match[1]) in register():
            found[part, match[1]] = {m for m in match[2].split(", ") if m}
    return found


def test_the_page_of_parameters_is_fresh_but_for_who_reads_them():
    page = written("parameters")
    assert parameters.page(readers_of(page)) + "\n" == page, STALE


@pytest.mark.slow
def test_who_reads_each_parameter_is_fresh():
    assert parameters.page(readers()) + "\n" == written("parameters"), STALE


def test_every_parameter_is_read_by_something_and_mentioned_there():
    """What was observed once must still be there: each module that is said to read a field names it."""
    found = readers_of(written("parameters"))
    assert set(found) == set(register())
    for (part, field), modules in found.items():
        assert modules, f"{part}.{field} is read by nothing"
        for module in modules:
            assert importlib.util.find_spec(f"sim.{module}"), module
            text = HOME.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
            assert re.search(rf"\b{field}\b", text), f"{module} is said to read {part}.{field}"


@pytest.mark.parametrize(("name", "page"), [("decisions", decisions.page), ("frames", frames.page)])
def test_the_pages_of_decisions_and_frames_are_fresh(name, page):
    assert page() + "\n" == written(name), STALE


def test_every_number_fixed_in_a_mechanism_has_its_description():
    names = {name for name, _, _ in constants()}
    assert {"calendar.HOURS_PER_WORKING_DAY", "cloud.carbon.IDLE", "programme.intake.GATE_ALERT"} <= names
    assert all(about for _, _, about in constants())


def test_a_cell_keeps_to_its_line_and_column():
    assert table(("a", "b"), [("x\ny", "one | two")]).splitlines()[-1] == "| x y | one \\| two |"


@pytest.fixture(scope="module")
def seen() -> Readers:
    """Watch an estate being built, and a number being read from here."""
    from sim.cloud.estate import Estate

    world = sim.load_scenario("quiet-office")
    with watched() as found:
        Estate(world, Ledger(Calendar(world.start, 1)))
        _ = world.staff.on_cost
    _ = world.staff.effort_scale
    return found


def test_the_reader_is_the_module_in_which_the_name_stands(seen):
    assert seen["Resource", "count"] == {"cloud.estate"}


def test_what_stands_outside_the_simulator_is_no_reader(seen):
    assert ("Staff", "on_cost") not in seen


def test_nothing_is_noted_afterwards(seen):
    assert ("Staff", "effort_scale") not in seen
    assert "__getattribute__" not in vars(Part)
