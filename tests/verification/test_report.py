"""The report: written whole, gone on with after a kill, and red if anything does not hold."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verification import report, stylised, taking
from tests.verification.check import Check, equal_to
from tests.verification.facts import saving

CALLED: list[int] = []


def part(number: int) -> list[float]:
    CALLED.append(number)
    return [float(number), float("nan")]


def whole(wanted: float, parts: np.ndarray) -> list:
    return [equal_to(wanted, float(parts[:, 0].sum()), 0.0)]


@pytest.fixture
def check():
    CALLED.clear()
    return Check("theory", ("a sum",), "units", 4, part, lambda parts: whole(6.0, parts))


def test_parts_that_are_noted_are_not_taken_again(check, tmp_path):
    told = []
    assert taking.take(check, tmp_path, most=2, told=lambda: told.append(1))[0].value == 1.0
    assert CALLED == [0, 1]
    row = taking.take(check, tmp_path, told=lambda: told.append(1))[0]
    assert CALLED == [0, 1, 2, 3] and row.value == 6.0 and row.passed and len(told) == 6


def test_another_simulator_begins_anew(check, tmp_path):
    module = tmp_path / "module.py"
    module.write_text("1")
    first = taking.place(check, module, "a", tmp_path)
    assert taking.place(check, module, "a", tmp_path) == first != taking.place(check, module, "b", tmp_path)
    module.write_text("2")
    assert taking.place(check, module, "a", tmp_path) != first


def test_a_figure_without_bounds_is_refused(check, tmp_path):
    broken = Check("theory", ("bad",), "units", 1, lambda part: [float("inf")], check.conclude)
    with pytest.raises(ValueError, match="bad: part 0"):
        taking.take(broken, tmp_path)


@pytest.mark.parametrize(("wanted", "code"), [(6.0, 0), (7.0, 1)])
def test_the_exit_code_says_whether_all_holds(check, tmp_path, monkeypatch, wanted, code):
    class Module:
        CHECKS = [Check("theory", ("a sum",), "units", 4, part, lambda parts: whole(wanted, parts))]
        __file__ = __file__

    monkeypatch.setattr(report, "MODULES", (Module,))
    monkeypatch.setattr(report, "BUILD", tmp_path)
    monkeypatch.setattr(report, "place", lambda check, module, mark: tmp_path / "notes")
    assert report.main(["--page", str(tmp_path / "page.md")]) == code
    text = (tmp_path / "page.md").read_text()
    assert text == (tmp_path / "report.md").read_text()
    assert f"{1 - code} of 1 comparisons hold" in text and ("**no**" in text) == bool(code)


def test_outside_a_band_is_a_failure_explained_or_not(check, tmp_path, monkeypatch, capsys):
    class Module:
        CHECKS = [Check("stylised facts", ("a sum",), "units", 4, part, lambda parts: whole(7.0, parts))]
        __file__ = __file__

    about = {"fact": "a fact", "unit": "units", "published": "7", "source": "us", "confidence": "general"}
    monkeypatch.setattr(report, "MODULES", (Module,))
    monkeypatch.setattr(report, "BUILD", tmp_path)
    monkeypatch.setattr(report, "place", lambda check, module, mark: tmp_path / "notes")
    for said, words in (({}, "does not hold: a sum"), ({"outside": "because"}, "outside, and explained: a sum")):
        monkeypatch.setattr(stylised, "bands", lambda said=said: {"a sum": about | said})
        assert report.main([]) == 1
        assert words in capsys.readouterr().out


def test_every_check_has_a_section_and_names_of_its_own():
    checks = [check for module in report.MODULES for check in module.CHECKS]
    assert {check.section for check in checks} == set(report.SECTIONS)
    names = [name for check in checks for name in check.rows]
    assert len(names) == len(set(names))


class TestBands:
    def test_a_published_range_is_the_band_and_a_figure_is_widened_by_its_odds(self):
        bands = stylised.bands()
        assert stylised.band(bands["cpu_utilisation"]) == (0.08, 0.13)
        low, high = stylised.band(bands["gpu_utilisation"])
        assert low / (1 - low) == pytest.approx(0.05 / 0.95 / 1.5) and high / (1 - high) == pytest.approx(
            0.05 / 0.95 * 1.5
        )
        assert stylised.band(bands["hours_to_fix"]) == (7.5, 30.0)
        for about in bands.values():
            low, high = stylised.band(about)
            assert low < high and (about["unit"] != "share" or 0 < low)

    def test_ten_facts_and_each_holds_only_with_all_its_figures(self):
        rows = {name: equal_to(1.0, 1.0, 0.0) for name in stylised.bands()}
        assert list(stylised.facts(rows).values()) == [True] * 10
        rows["gpu_utilisation"] = equal_to(1.0, 2.0, 0.0)
        assert sum(stylised.facts(rows).values()) == 9 and not stylised.facts(rows)["utilisation"]


@pytest.mark.parametrize(
    ("kind", "sku", "spared", "peak", "most", "share"),
    [
        ("Pipeline machine", "m5.4xlarge", True, 0.0, 0.0, 1 - 2 / 16),
        ("Pipeline machine", "m5.4xlarge", False, 0.0, 0.0, 1.0),
        ("Pipeline machine", "m5.4xlarge", True, 0.3, 0.5, 0.5),
        ("Serving machine", "m5.4xlarge", True, 0.3, 0.5, 0.0),
        ("Pipeline machine", "m5.large", True, 0.01, 0.1, 0.0),
        ("Training machine", "p3.2xlarge", True, 0.01, 0.1, 0.0),
    ],
)
def test_a_machine_is_too_large_if_half_of_it_would_do(kind, sku, spared, peak, most, share):
    assert saving(kind, sku, spared, peak, most) == pytest.approx(share)
