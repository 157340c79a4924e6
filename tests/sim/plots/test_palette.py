"""Every colour can be seen on both grounds, and by readers without red, green or blue cones."""

from itertools import combinations

import numpy as np
import pytest

from sim.plots.palette import BLUE, COLOURS, DARK, GREY, INK, NAMES, PAPER, RAMP, TINTS, on

TEXT, GRAPHICS = 4.5, 3.0
APART = 20.0
"""In CIELAB; two colours about 2 apart can just be told apart side by side."""

MACHADO = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB."""


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    low, high = sorted(float(np.dot((0.2126, 0.7152, 0.0722), linear(colour))) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB, under D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / (0.95047, 1.0, 1.08883)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def themed(theme: str, colour: str) -> str:
    return DARK.get(colour, colour) if theme == "dark" else colour


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", [INK, *COLOURS])
def test_what_is_drawn_or_written_stands_out_from_its_ground(theme, colour):
    assert contrast(themed(theme, colour), themed(theme, PAPER)) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_and_grey_stand_out_from_tints(theme):
    for tint in (*TINTS.values(), NAMES and "#f1f5f9"):
        assert contrast(themed(theme, INK), themed(theme, tint)) >= TEXT
        assert contrast(themed(theme, GREY), themed(theme, "#f1f5f9")) >= GRAPHICS


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("share", np.linspace(-0.1, 1.2, 14))
def test_figures_on_the_ramp_can_be_read(theme, share):
    ground, text = on(share)
    assert ground in RAMP
    assert contrast(themed(theme, text), themed(theme, ground)) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", MACHADO)
def test_colours_stay_apart_for_every_reader(theme, eyes):
    seen = {c: lab(np.array(MACHADO[eyes]) @ linear(themed(theme, c))) for c in COLOURS}
    for one, other in combinations(COLOURS, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > APART, (one, other)


def test_the_simulation_tells_good_palettes_from_bad():
    red, green = (lab(np.array(MACHADO["no green cones"]) @ linear(c)) for c in ("#d62728", "#7f7f00"))
    assert np.linalg.norm(red - green) < APART


def test_every_colour_has_a_name_and_a_dark_counterpart():
    assert set(NAMES) - set(DARK) <= {BLUE}
    assert len(set(NAMES.values())) == len(NAMES)
    assert {PAPER, INK, *COLOURS, *RAMP, *TINTS.values()} <= set(DARK)
