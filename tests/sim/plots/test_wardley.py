"""Wardley maps: what is read, what is refused, what is drawn and what is said of it."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.errors import TrinityError
from sim.plots import style, wardley

SOURCE = """
title Paying households   // a comment
anchor Household [0.95, 0.60]
component Claim [0.80, 0.55] label [-70, 4]
component Model [0.55, 0.20] (build) inertia
component Hosting [0.15, .85] (buy)
Household->Claim
Claim->Model
Model->Hosting
evolve Model 0.45
pipeline Hosting [0.72, 0.95]
note Nobody owns this [0.30, 0.10]
annotation 1 [0.60, 0.40] Buy or build?
style wardley
"""


def test_a_map_is_read() -> None:
    chart = wardley.parse(SOURCE)
    assert chart.title == "Paying households"
    assert list(chart.components) == ["Household", "Claim", "Model", "Hosting"]
    model = chart.components["Model"]
    assert (model.visibility, model.evolution, model.sourcing, model.inertia) == (0.55, 0.20, "build", True)
    assert chart.components["Claim"].label == (-70, 4)
    assert chart.components["Household"].anchor
    assert chart.links == [("Household", "Claim"), ("Claim", "Model"), ("Model", "Hosting")]
    assert chart.evolving == {"Model": 0.45}
    assert chart.pipelines == {"Hosting": (0.72, 0.95)}
    assert chart.notes == [("Nobody owns this", 0.30, 0.10)]
    assert chart.annotations == [("1", 0.60, 0.40, "Buy or build?")]


@pytest.mark.parametrize(
    ("evolution", "name"),
    [
        (0, "genesis"),
        (0.175, "custom built"),
        (0.39, "custom built"),
        (0.4, "product"),
        (0.7, "commodity"),
        (1, "commodity"),
    ],
)
def test_stages(evolution: float, name: str) -> None:
    assert wardley.stage(evolution) == name


def test_the_words_tell_everything_that_is_drawn() -> None:
    words = wardley.draw(wardley.parse(SOURCE)).alt_text
    for said in (
        "Wardley map: Paying households.",
        "It serves: Household.",
        "Claim (product); Model (custom built); Hosting (commodity)",
        "Claim needs Model",
        "Model is moving towards product, against inertia.",
        "Hosting comes in variants from commodity to commodity.",
        "Note: Nobody owns this.",
        "Annotation 1: Buy or build?",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("component Claim", "componant Claim", "Line 4 .*'componant Claim.*Did you mean 'component'"),
        ("[0.55, 0.20]", "[0.55, 1.20]", "Line 5 .*1.20.*between 0 and 1"),
        ("[0.55, 0.20]", "[0.55]", "Line 5 .*not understood"),
        ("(build) inertia", "(bulid)", r"Line 5 .*'\(bulid\)'"),
        ("Claim->Model", "Claim->Modle", "Line 8 .*'Modle'.*Did you mean 'Model'"),
        ("evolve Model", "evolve Modell", "Line 10 .*'Modell'.*Did you mean 'Model'"),
        ("component Hosting", "component Model", "Line 6 .*'Model' again; line 5"),
        ("[0.72, 0.95]", "[0.95, 0.72]", "Line 11 .*from less to more evolved"),
        ("title Paying households", "", "no title"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(old: str, new: str, message: str) -> None:
    assert old in SOURCE
    with pytest.raises(wardley.MapError, match=message) as caught:
        wardley.parse(SOURCE.replace(old, new, 1))
    assert isinstance(caught.value, TrinityError)
    assert "\n" not in str(caught.value)


def test_a_map_without_components_is_refused() -> None:
    with pytest.raises(wardley.MapError, match="no component"):
        wardley.parse("title Empty\nanchor Nobody [0.9, 0.5]")


def test_the_picture_is_silent_and_the_same_every_time(capfd: pytest.CaptureFixture) -> None:
    first, second = (style.png(wardley.draw(wardley.parse(SOURCE))) for _ in range(2))
    assert first == second
    assert struct.unpack(">II", first[16:24]) == (round(11 * 144), round(6.6 * 144))
    assert capfd.readouterr().err == ""


def test_every_name_lies_within_the_picture() -> None:
    figure = wardley.draw(
        wardley.parse((Path(__file__).parents[2] / "course/fixtures/modules/m90/map.owm").read_text())
    )
    style.png(figure)
    whole = figure.bbox
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert whole.x0 <= box.x0 and box.x1 <= whole.x1, text.get_text()


def test_a_described_figure_shows_its_words() -> None:
    figure, axis = style.axes()
    axis.plot([1, 2], [1, 4])
    style.describe(figure, 'Accuracy falls\n   from 0.9 to "poor" & worse')
    assert figure.alt_text == 'Accuracy falls from 0.9 to "poor" & worse'
    shown = figure._repr_html_()
    assert 'alt="Accuracy falls from 0.9 to &quot;poor&quot; &amp; worse"' in shown
    assert re.match(r'<img [^>]*src="data:image/png;base64,[A-Za-z0-9+/=]+">$', shown)


def test_a_title_stands_at_the_left() -> None:
    _, axis = style.axes()
    style.title(axis, "Accuracy falls")
    assert axis.get_title(loc="left") == "Accuracy falls"
    assert axis.get_title(loc="center") == ""


def test_a_figure_needs_words() -> None:
    with pytest.raises(ValueError, match="text alternative"):
        style.describe(Figure(), "  ")


@pytest.mark.parametrize("colour", [style.INK, style.GREY, *style.COLOURS])
def test_every_colour_is_legible_on_white(colour: str) -> None:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5
