"""Explore on the stand-alone page: every lever moves, the newest move wins, and everybody can use it."""

from __future__ import annotations

import pytest

from sim.cockpit.levers import LEVERS

TILES = ".results > .tiles .tile strong"


@pytest.fixture(scope="module")
def opened(department, page_of, stay, ready):
    """Return the page of a department of two quarters, in which a run takes a moment."""
    page = stay(page_of(department(quarters=2)))
    ready(page)
    return page


@pytest.fixture
def page(opened, ready):
    """Return that page as it was when it was opened."""
    opened.set_viewport_size({"width": 1400, "height": 900})
    opened.emulate_media(color_scheme="light", reduced_motion="no-preference")
    opened.get_by_role("button", name="Typical", exact=True).click()
    ready(opened)
    return opened


def tiles(page) -> list[str]:
    return page.locator(TILES).all_inner_texts()


def open_all(page) -> None:
    closed = page.locator(".group:not([open]) > summary, .scorecard details:not([open]) > summary")
    while closed.count():
        closed.first.click()


def test_every_lever_moves_and_the_figures_change(page, ready):
    page.get_by_role("button", name="Naive", exact=True).click()
    ready(page)
    open_all(page)
    naive, dull = tiles(page), []
    for name in LEVERS:
        lever = page.locator(f"[data-lever={name}]")
        was = lever.get_attribute("aria-valuetext")
        lever.press("ArrowRight")
        assert lever.get_attribute("aria-valuetext") != was
        ready(page)
        if tiles(page) == naive:
            dull.append(name)
        lever.press("Home")
        assert lever.get_attribute("aria-valuetext") == was
        ready(page)
        assert tiles(page) == naive
    assert dull == []


def test_the_newest_move_wins(page, ready):
    page.get_by_role("button", name="Reference", exact=True).click()
    page.locator("[data-lever=validate]").press("Home")
    page.get_by_role("button", name="Naive", exact=True).click()
    ready(page)
    assert page.locator("[data-discipline=dataops] .count").inner_text() == "0 of 8 moved"
    naive = tiles(page)
    page.get_by_role("button", name="Typical", exact=True).click()
    ready(page)
    assert tiles(page) != naive
    page.get_by_role("button", name="Naive", exact=True).click()
    ready(page)
    assert tiles(page) == naive


def test_the_page_shows_no_code_and_says_everything_in_words(page, ready, shoot):
    page.locator("[data-lever=validate]").press("ArrowRight")
    ready(page)
    shoot(page, "explore")
    assert page.locator("[data-preset][aria-pressed=true]").count() == 0
    assert page.locator("[data-tile=Spend] .note").inner_text().startswith("budget £")
    assert "import " not in page.locator("body").inner_text()
    said = [chart.get_attribute("aria-label") for chart in page.locator("figure svg").all()]
    assert len(said) == 8
    assert all(any(c.isdigit() for c in text) for text in said), said
    assert page.locator(".scorecard table").count() == 7
    assert page.locator(".feed li").count() > 3


def test_a_run_that_is_held_stays_beside_every_further_one(page, ready):
    page.get_by_role("button", name="Compare with this run").click()
    page.locator(".pin[aria-pressed=true]").wait_for()
    held = tiles(page)
    for _ in range(2):
        page.locator("[data-lever=validate]").press("ArrowRight")
        ready(page)
    assert tiles(page) != held
    page.get_by_role("button", name="Typical", exact=True).click()
    ready(page)
    assert set(page.locator(".results > .tiles .change").all_inner_texts()) == {"as before"}
    page.get_by_role("button", name="Compare with this run").click()
    page.locator(".pin[aria-pressed=false]").wait_for()


def test_a_move_is_taken_back_and_any_run_is_a_click_away(page, ready):
    typical = tiles(page)
    page.locator("[data-lever=validate]").press("End")
    ready(page)
    strict = tiles(page)
    assert strict != typical
    page.get_by_role("button", name="Undo").click()
    ready(page)
    assert tiles(page) == typical
    assert page.locator("[data-lever=validate]").get_attribute("aria-valuetext") == "Coarse gate"
    row = page.locator(".runs tbody tr").filter(has_text="Gate on arriving records: Strict gate").first
    row.get_by_role("button", name="Go back to run").click()
    ready(page)
    assert tiles(page) == strict


def test_a_lever_says_when_it_needs_another(page, ready):
    open_all(page)
    needs = page.locator("[data-name=retrain] .needs")
    assert needs.inner_text() == "Goes with “Watch on the model”."
    page.locator("[data-lever=retrain]").press("End")
    assert needs.inner_text().startswith("Move “Watch on the model” too: it waits for alarms")
    page.locator("[data-lever=watch_model]").press("End")
    assert needs.inner_text() == "Goes with “Watch on the model”."
    ready(page)


def test_a_move_says_what_its_lever_cost_and_what_else_it_changed(page, ready):
    page.get_by_role("button", name="Naive", exact=True).click()
    ready(page)
    page.locator("[data-lever=validate]").press("ArrowRight")
    ready(page)
    page.locator("[data-lever=repair]").press("ArrowRight")
    ready(page)
    line = page.locator("[data-name=repair] .force")
    told = line.inner_text()
    assert line.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert "spend +£" in told or "spend −£" in told
    assert told.split(" on run ")[1].isdigit()
    page.get_by_role("button", name="Typical", exact=True).click()
    ready(page)
    open_all(page)
    page.locator("[data-lever=retrain]").press("Home")
    ready(page)
    assert "had 1 model in turn, not 2" in page.locator(".why").inner_text()


def test_a_charts_figures_are_there_by_mouse_and_by_keyboard(page, ready):
    chart = page.locator("[data-chart=service]")
    first = chart.locator("rect.hover title").first.text_content()
    assert first.startswith("Q1, ") and first.count("%") == 2 and "(before " in first
    summary = chart.get_by_text("Figures", exact=True)
    summary.press("Enter")
    said = chart.locator(".figures li").all_inner_texts()
    assert [text[:2] for text in said] == ["Q1", "Q2"]
    end = page.locator("[data-chart=value] svg .end").text_content()
    value = page.locator("[data-chart=value] details")
    value.locator("summary").press("Enter")
    assert f": {end}" in value.locator("li").last.inner_text()
    page.get_by_role("button", name="Naive", exact=True).click()
    ready(page)
    assert chart.locator("details").get_attribute("open") is not None
    summary.press("Enter")


def overflowing(page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll(".trinity-cockpit *")].filter((e) => {
             if (e.closest(".scroll") || e.closest(".hidden-file") || e.closest(".spoken")) return false;
             return e.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
           }).map((e) => e.outerHTML.slice(0, 100))"""
    )


@pytest.mark.parametrize(("width", "name"), [(360, "phone"), (700, "zoom-200")])
def test_narrow_and_enlarged(page, ready, shoot, width, name):
    page.set_viewport_size({"width": width, "height": 700})
    page.wait_for_timeout(200)
    shoot(page, name)
    assert overflowing(page) == []
    page.locator("[data-lever=validate]").press("End")
    ready(page)
    assert page.locator(".tile").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, ready, axe, shoot, scheme):
    page.emulate_media(color_scheme=scheme)
    page.locator("[data-lever=validate]").press("ArrowRight")
    ready(page)
    open_all(page)
    page.locator(".more").first.click()
    shoot(page, f"explore-{scheme}")
    assert axe(page) == []


def test_nothing_moves_where_motion_is_not_wanted(page):
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll(".trinity-cockpit *")]
             .filter((e) => !["none", "all 0s ease 0s", "all"].includes(getComputedStyle(e).transition)
                            || getComputedStyle(e).animationName !== "none").length"""
    )
    assert moving == 0


def test_levers_stand_still_so_that_the_next_click_lands(page, ready):
    open_all(page)
    heights = """() => [...document.querySelectorAll(".lever")].map((e) => e.getBoundingClientRect().height)"""
    before = page.evaluate(heights)
    for name in ("Reference", "Naive"):
        page.get_by_role("button", name=name, exact=True).click()
        assert page.evaluate(heights) == before
        ready(page)
        assert page.evaluate(heights) == before


@pytest.mark.parametrize("width", [1280, 390])
def test_spend_and_equity_stay_in_sight(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.locator(".below").scroll_into_view_if_needed()
    shown = page.locator(".brief span:visible")
    assert [text.rsplit(" ", 1)[0] for text in shown.all_inner_texts()][:2] == ["Spend", "Equity gap"]
    assert shown.first.evaluate("(e) => e.getBoundingClientRect().top") >= 0
    assert page.locator(".brief").evaluate("(e) => e.scrollWidth <= e.clientWidth")
