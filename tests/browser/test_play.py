"""Play on the stand-alone page: eight quarters by keyboard, a saved game, a what-if, and a game that cannot go well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from cli.playbook import load_playbook
from sim.cockpit import Game

MOST_TABS = 120


def tab_to(page, selector: str, key: str = "Tab") -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached by {key}")


def phase(page, name: str, quarter: int | None = None) -> None:
    place = f"[data-quarter='{quarter}']" if quarter else ""
    page.wait_for_selector(f".cockpit-grid[data-phase={name}]{place}")


def begin(page) -> None:
    """Begin a new game, whatever was on the page before."""
    page.wait_for_selector(".trinity-cockpit")
    if page.locator("[data-mode=play][aria-pressed=true]").count():
        page.get_by_role("button", name="New game", exact=True).click()
    else:
        page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        """() => {
          const { asked, move, state } = document.querySelector(".trinity-cockpit").dataset;
          return asked === move && state === "deciding";
        }"""
    )
    phase(page, "deciding", 1)


@pytest.fixture(scope="module")
def table(address, stay):
    """Return a page on which one game is played after the other."""
    return stay(address)


def test_eight_quarters_by_keyboard_alone(table, axe, shoot):
    page = table
    page.wait_for_selector(".trinity-cockpit")
    tab_to(page, "[data-mode=play]")
    page.keyboard.press("Enter")
    phase(page, "deciding")
    tab_to(page, "[data-lever=validate]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.meter span + span').textContent.startsWith('£4k')")
    tab_to(page, ".mlops > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[data-lever=retrain]")
    page.keyboard.press("End")
    tab_to(page, ".go", key="Shift+Tab")
    for quarter in range(1, 9):
        page.keyboard.press("Enter")
        phase(page, "over" if quarter == 8 else "deciding", quarter + 1)
        if quarter == 3:
            shoot(page, "board-paper")
            assert axe(page) == []
            assert page.locator(".paper .feed li").count() > 0
    assert "net public value came to" in page.locator(".final").inner_text()
    shoot(page, "final-report")
    assert axe(page) == []
    assert page.evaluate("document.activeElement.matches('.go')")
    tab_to(page, "[data-lever=retrain]")
    page.keyboard.press("Home")
    tab_to(page, ".go", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.branch')?.textContent.includes('would have been')")
    assert "What if, in Q1: Retraining: Never?" in page.locator(".branch").inner_text()
    shoot(page, "what-if")


def test_a_saved_game_is_resumed_and_exported(table, visit, address, tmp_path, shoot):
    page = table
    begin(page)
    page.locator("[data-lever=validate]").press("ArrowRight")
    page.locator(".go").click()
    phase(page, "deciding", 2)
    kept = {}
    for name, suffix in (("Save", ".json"), ("Export playbook", ".py")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        kept[suffix] = tmp_path / f"game{suffix}"
        download.value.save_as(kept[suffix])
    figures = page.locator(".paper .tile strong").all_inner_texts()
    assert json.loads(kept[".json"].read_text())["played"] == [{"validate": "coarse-gate"}]
    assert load_playbook(f"{kept['.py']}:playbook").validate == sim.practices.validation_gate(reach=6.0, most_missing=3)

    other = visit(address)
    begin(other)
    other.locator(".hidden-file").set_input_files(kept[".json"])
    phase(other, "deciding", 2)
    assert other.locator(".paper .tile strong").all_inner_texts() == figures
    assert other.locator("[data-lever=validate]").get_attribute("aria-valuetext") == "Coarse gate"
    shoot(other, "resumed")
    damaged = tmp_path / "damaged.json"
    damaged.write_text(kept[".json"].read_text()[:-40])
    other.locator(".hidden-file").set_input_files(damaged)
    other.wait_for_function("document.querySelector('.status').textContent.includes('damaged')")


def test_beyond_the_people_there_are_nothing_is_played(table):
    page = table
    begin(page)
    for lever in page.locator(".dataops input[type=range]").all():
        lever.press("End")
    page.wait_for_selector(".against p")
    assert "days of work" in page.locator(".against").inner_text()
    assert page.locator(".go").get_attribute("aria-disabled") == "true"
    page.locator(".go").press("Enter")
    page.locator("[data-lever=protect]").press("Home")
    page.locator("[data-lever=validate]").press("Home")
    page.locator("[data-lever=ingest]").press("Home")
    page.wait_for_selector(".go[aria-disabled=false]")


@pytest.fixture
def doomed(department, tmp_path) -> Path:
    """Return a game in a department without money, whose people all leave and are never replaced."""
    organisation = sim.load_scenario("household-support").organisation.model_dump()
    organisation["turnover"] |= {"leave_per_year": 1.0, "overload": 10.0, "bearable": 0.0, "vacant_weeks": 104}
    staff = sim.load_scenario("household-support").staff.model_dump()
    staff["teams"] = [team | {"people": 1} for team in staff["teams"]]
    scenario = sim.load_scenario(str(department(funding_gbp=0, organisation=organisation, staff=staff)))
    return Game(scenario, seed=15).save(tmp_path / "doomed.json")


def test_an_impossible_game_ends_in_words(table, doomed, shoot):
    page = table
    begin(page)
    page.locator(".hidden-file").set_input_files(doomed)
    page.wait_for_function("document.querySelector('.worldpick input').value === '15'")
    phase(page, "deciding", 1)
    page.locator("[data-lever=validate]").press("End")
    page.wait_for_selector(".against p")
    page.locator("[data-lever=validate]").press("Home")
    for quarter in range(1, 9):
        page.wait_for_selector(".go[aria-disabled=false]")
        page.locator(".go").press("Enter")
        page.wait_for_selector(f".cockpit-grid[data-quarter='{quarter + 1}']:not([data-phase=waiting])")
        if page.locator(".cockpit-grid[data-phase=over]").count():
            break
    assert "Everybody has left" in page.locator(".final").inner_text()
    assert "Traceback" not in page.locator("body").inner_text()
    shoot(page, "impossible")
