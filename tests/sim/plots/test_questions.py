"""Every figure names its axes with their units, says in words what it shows, and does so on both grounds."""

import importlib
import inspect
import pkgutil
import re
from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

import sim.plots
from sim.plots import (
    claims,
    delay,
    drift,
    effects,
    fan,
    incidents,
    outcome,
    quality,
    queues,
    regret,
    ridge,
    spend,
    style,
    wardley,
    waterfall,
)
from sim.plots.palette import DARK, NAMES
from sim.plots.theme import dark, svg

CATEGORIES = {
    "", "Quarter of the programme", "Month of the programme", "Month of the charge", "Dimension of quality", "Service",
    "Factor", "Practice", "Claim", "Cost category; hatched where dearer",
}  # fmt: skip
"""Axes that hold names, or counts of time that are named themselves."""


def worlds(run, spread):
    rng = np.random.default_rng(4)
    noise = lambda q: q.assign(value=q["value"] + rng.normal(0, spread, len(q)))  # noqa: E731
    return [replace(run, quarterly=noise(run.quarterly), seed=seed) for seed in range(5)]


def paired(one, two, spread):
    return fan.paired(worlds(one, spread), worlds(two, spread))


def effect_table(scale):
    rows = [("mlops", 9e5), ("dataops", 4e5), ("finops", -2e4)]
    return pd.DataFrame(
        [(n, "net_public_value", "all", "GBP", v * scale, v * scale - 5e4, v * scale + 5e4) for n, v in rows],
        columns=["effect", "measure", "service", "unit", "value", "low", "high"],
    )


def claim_table(found):
    rows = [
        ("Found sooner", "share", found, found - 0.1, found + 0.1, 0.4),
        ("Time to release", "days", 14.0, 9.0, 21.0, 30.0),
    ]
    return pd.DataFrame(rows, columns=claims.COLUMNS)


def forecast_table(top):
    shares = (0.05, 0.5, 0.95)
    rows = []
    for quarter in (1, 2, 3):
        for share in shares:
            value = share * top * quarter
            known = (share, value, value - 1e3, value + 1e3, 40)
            rows.append((quarter, "net_public_value", "public value", "all", "GBP", *known))
    columns = ["quarter", "measure", "family", "service", "unit", "quantile", "value", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)


def delay_table(worst):
    points = {"threshold": [0.1, 0.2], "false_alarms_per_year": [10.0, 1.0], "delay_days": [12.0, worst]}
    return pd.DataFrame(points)


def told(scale):
    return pd.DataFrame({"even split": [100.0, 100.0], "by tags": [150.0 * scale, 50.0]}, index=["claims", "calls"])


MAP = "title One map\nanchor Household [0.95, 0.6]\ncomponent Decision [{0}, 0.5]\nHousehold->Decision"

CASES = {
    "claims.figure": lambda one, two: (claims.figure(claim_table(0.3)), claims.figure(claim_table(0.7))),
    "delay.figure": lambda one, two: (delay.figure(delay_table(40.0)), delay.figure(delay_table(60.0))),
    "drift.figure": lambda one, two: (drift.figure(one), drift.figure(two)),
    "effects.figure": lambda one, two: (effects.figure(effect_table(1)), effects.figure(effect_table(2))),
    "fan.forecast": lambda one, two: (fan.forecast(forecast_table(1e5)), fan.forecast(forecast_table(2e5))),
    "fan.paired": lambda one, two: (paired(one, two, 1e4), paired(one, two, 2e4)),
    "incidents.figure": lambda one, two: (incidents.figure(one), incidents.figure(two)),
    "outcome.alone": lambda one, two: (outcome.alone(one), outcome.alone(two)),
    "outcome.figure": lambda one, two: (outcome.figure(one, two), outcome.figure(two, one)),
    "quality.figure": lambda one, two: (quality.figure(one), quality.figure(two)),
    "queues.figure": lambda one, two: (queues.figure(one), queues.figure(two)),
    "regret.figure": lambda one, two: (regret.figure({"mine": one}, two), regret.figure({"mine": two}, one)),
    "ridge.figure": lambda one, two: (ridge.figure(one), ridge.figure(two)),
    "spend.by_month": lambda one, two: (spend.by_month(one.billing), spend.by_month(two.billing)),
    "spend.by_service": lambda one, two: (spend.by_service(one.ledger), spend.by_service(two.ledger)),
    "spend.showback": lambda one, two: (spend.showback(told(1)), spend.showback(told(2))),
    "wardley.draw": lambda one, two: tuple(wardley.draw(wardley.parse(MAP.format(y))) for y in (0.7, 0.3)),
    "waterfall.figure": lambda one, two: (waterfall.figure(one, two), waterfall.figure(two, one)),
}  # fmt: skip
"""By name of the function: two figures from different data."""


@pytest.fixture(scope="module")
def figures(run_of):
    return {name: draw(run_of("naive"), run_of("reference")) for name, draw in CASES.items()}


def test_no_plot_is_left_out():
    found = set()
    for module in pkgutil.iter_modules(sim.plots.__path__):
        home = importlib.import_module(f"sim.plots.{module.name}")
        for name, function in inspect.getmembers(home, inspect.isfunction):
            here = function.__module__ == home.__name__ and not name.startswith("_")
            if (
                here
                and inspect.signature(function).return_annotation == "Figure"
                and module.name not in ("style", "theme")
            ):
                found.add(f"{module.name}.{name}")
    assert found == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_axes_say_what_they_measure_and_in_what(figures, name):
    figure = figures[name][0]
    figure.draw_without_rendering()
    if name == "wardley.draw":
        words = {text.get_text().strip() for text in figure.findobj(Text)}
        assert {"Value chain", "Evolution  →"} <= words
        return
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            ticks = [tick.get_text() for tick in axis.get_ticklabels() if tick.get_text()]
            said = axis.get_label_text()
            assert said or not ticks or not axis.get_tick_params().get("labelbottom", True)
            with_unit = "(" in said or any(sign in " ".join(ticks) for sign in "£%") or said.endswith(" per year")
            assert with_unit or said in CATEGORIES, said
    assert figure.axes[-1].get_xlabel()


@pytest.mark.parametrize("name", [name for name in CASES if name != "wardley.draw"])
def test_the_words_have_figures_from_the_data(figures, name):
    one, two = (figure.alt_text for figure in figures[name])
    assert len(re.findall(r"\d", one)) >= 3
    assert one != two
    assert not re.search(r"\bnan\b|\binf\b|None|  ", f"{one} {two}")
    assert one.endswith(".")


def test_the_words_of_a_map_change_with_it(figures):
    chart = wardley.parse(MAP.format(0.7).replace("0.5]", "0.1]"))
    assert wardley.draw(chart).alt_text != figures["wardley.draw"][0].alt_text


@pytest.mark.parametrize("name", CASES)
def test_a_page_shows_a_figure_with_its_words(figures, name, monkeypatch):
    monkeypatch.setattr(style, "png", lambda figure, dpi: b"drawn")
    figure = figures[name][0]
    assert f'<img alt="{escape(figure.alt_text)}"' in figure._repr_html_()


@pytest.mark.parametrize("name", CASES)
def test_only_colours_of_the_palette_are_drawn(figures, name):
    figure = figures[name][0]
    figure.draw_without_rendering()
    strange = {to_hex(c) for c in _colours(figure)} - set(NAMES)
    assert not strange


@pytest.mark.parametrize("name", CASES)
def test_a_dark_figure_has_no_light_colour_left(figures, name):
    figure = dark(figures[name][1])
    figure.draw_without_rendering()
    drawn = {to_hex(c) for c in _colours(figure)}
    assert drawn <= set(DARK.values())
    assert dark(figure) is figure


@pytest.mark.parametrize("name", CASES)
def test_an_inline_picture_follows_its_page(figures, name):
    drawn = svg(figures[name][0], "here")
    assert drawn.startswith('<svg role="img" aria-label=') and drawn.count("<svg ") == 1
    assert not re.search(r"(?<!&)#[0-9a-f]{6}(?!\))", drawn)
    ids = re.findall(r'\bid="([^"]+)"', drawn)
    assert all(i.startswith("here-") for i in ids) and len(set(ids)) == len(ids)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", drawn))
    assert used <= set(ids)


def _colours(figure: Figure):
    """Every colour that can be seen: of text that says something, of lines, of areas and their edges."""
    for artist in figure.findobj():
        if not artist.get_visible():
            continue
        if isinstance(artist, Text):
            if artist.get_text().strip():
                yield to_rgba(artist.get_color())[:3]
        elif isinstance(artist, Line2D):
            if len(artist.get_xdata()) and artist.get_linestyle() != "None":
                yield to_rgba(artist.get_color())[:3]
        elif hasattr(artist, "get_facecolor") and not callable(getattr(artist, "get_lines", None)):
            for colour in (artist.get_facecolor(), artist.get_edgecolor()):
                for one in np.atleast_2d(to_rgba(colour) if np.ndim(colour) < 2 else colour):
                    if len(one) == 4 and one[3] > 0:
                        yield tuple(one[:3])
