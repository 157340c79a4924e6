"""The board paper: it holds the run's figures, stands by itself, can be read by everybody, and says what it cannot "
"know."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from sim.decisions import POINTS
from sim.errors import ReportError, StorageError
from sim.plots.costs import by_category
from sim.report import pdf
from sim.report.advice import FOLLOWS, THEMES, advise
from sim.report.paper import html
from sim.scorecard.measures import MEASURES
from sim.summary import money, quantity


class Page(HTMLParser):
    """Elements in order, with their attributes, and the text outside pictures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements, self.words, self._inside = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in ("svg", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def of(self, *tags: str) -> list[dict]:
        return [attrs for tag, attrs in self.elements if tag in tags]


@pytest.fixture(scope="module")
def one(run_of):
    return run_of("naive")


@pytest.fixture(scope="module")
def two(run_of):
    return run_of("reference")


@pytest.fixture(scope="module")
def source(one, two) -> str:
    return html(two, against=one)


@pytest.fixture(scope="module")
def page(source) -> Page:
    return Page(source)


@pytest.fixture(scope="module")
def alone(one) -> Page:
    return Page(html(one))


@pytest.fixture
def plain(monkeypatch):
    """Leave the pictures out."""
    monkeypatch.setattr("sim.report.paper._pictures", lambda run, against: {})


class TestThePage:
    def test_needs_no_other_file(self, source):
        outside = re.findall(r"""(?:src|href|xlink:href)="(?!#)([^"]*)""", source)
        assert outside == []
        assert "@import" not in source and not re.search(r"url\((?!#)", source) and "<script" not in source

    def test_is_built_as_readers_of_all_kinds_need_it(self, page):
        assert page.of("html")[0]["lang"] == "en-GB"
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
        assert all(th["scope"] in ("col", "row", "rowgroup") for th in page.of("th"))
        assert len(page.of("caption")) == len(page.of("table")) >= 5
        assert {"main", "header", "footer", "nav"} <= {tag for tag, _ in page.elements}

    def test_every_picture_says_what_it_shows(self, page):
        pictures = page.of("svg")
        assert len(pictures) == len(page.of("figure")) == len(page.of("figcaption")) == 6
        assert all(p["role"] == "img" and re.search(r"\d", p["aria-label"]) for p in pictures)

    def test_no_name_is_used_twice(self, page):
        ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
        assert len(set(ids)) == len(ids)
        links = [a["href"] for a in page.of("a")]
        assert len(links) == 6 and {link[1:] for link in links} <= set(ids)

    def test_has_a_style_for_paper_and_one_for_the_dark(self, source):
        assert "@media print" in source and "@page" in source and "prefers-color-scheme: dark" in source


class TestWhatItSays:
    def test_every_measure_stands_beside_its_target(self, page, two):
        card = two.scorecard()
        for row in card[card["service"] == "all"].dropna(subset=["value"]).itertuples():
            assert quantity(row.value, row.unit) in page.text
            assert quantity(row.target, row.unit) in page.text

    def test_the_summary_is_there_without_names_of_measures(self, page, two):
        assert two.summary().split("\n")[1] in page.text
        assert "Missed: data_quality" not in page.text and "<Macro" not in page.text

    def test_costs_are_those_of_the_ledger(self, page, one, two):
        for run in (one, two):
            for gbp in by_category(run.ledger):
                assert money(gbp) in page.text

    def test_every_incident_is_told_with_its_date(self, page, two):
        told = two.feed().query("kind == 'incident'")
        assert len(told) > 5
        assert all(" ".join(text.split()) in page.text for text in told["text"])
        assert f"{told['date'].iloc[0]:%d %B %Y}".lstrip("0") in page.text

    def test_the_floors_are_there_and_the_verdict(self, alone, one):
        assert str(one.headline()).replace("_", " ") in alone.text
        kept = one.headline().floors["met"].astype(bool)
        assert 0 < kept.sum() < len(kept)
        assert (alone.text.count("✓ kept"), alone.text.count("✗ broken")) == (kept.sum(), (~kept).sum())

    def test_nothing_is_said_that_is_not_a_number(self, page, alone):
        for text in (page.text, alone.text):
            assert not re.search(r"\bnan\b|\bNone\b|\binf\b|Undefined|\[\]", text)

    def test_another_world_is_called_another(self, one, two, plain):
        assert "another run of another world" in Page(html(two, against=replace(one, seed=5))).text

    def test_a_run_alone_has_nothing_to_compare(self, page, alone):
        assert "before:" in page.text and "before:" not in alone.text


def test_what_a_scenario_says_is_text_and_never_markup(one):
    nasty = "<script>alert(1)</script>\"'&"
    rows = one.incidents.assign(subject=nasty, found_by=nasty)
    journal = one.journal.assign(detail=one.journal["detail"].where(one.journal["kind"] != "opened", nasty))
    source = html(replace(one, incidents=rows, journal=journal, scenario=nasty))
    assert "<script" not in source
    page = Page(source)
    assert "<script>alert(1)</script>" in page.text
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]


class TestAdvice:
    def test_every_measure_is_moved_by_something_or_follows(self):
        named = [m for theme in THEMES for m in theme.measures]
        assert len(set(named)) == len(named)
        assert set(named) | set(FOLLOWS) == set(MEASURES) and not set(named) & set(FOLLOWS)

    def test_every_decision_point_moves_something(self):
        assert {p for theme in THEMES for p in theme.points} == set(POINTS)

    def test_broken_floors_come_first(self, one):
        advice = advise(one)
        broken = [item.breaks_floor for item in advice]
        assert any(broken) and broken == sorted(broken, reverse=True)

    def test_only_what_was_missed_is_named(self, two):
        card = two.scorecard()
        met = set(card[(card["service"] == "all") & card["met"]]["measure"])
        for item in advise(two, most=99):
            for said in item.missed:
                assert not any(said.startswith(f"{m.replace('_', ' ')} ") for m in met)

    def test_practices_in_force_are_not_proposed(self, one, two):
        assert all(not item.taken for item in advise(one, most=99))
        assert all(item.taken for item in advise(two, most=99))

    def test_it_says_that_one_run_does_not_tell(self, page):
        assert "it shows what was missed and not what a practice would bring" in page.text


class TestTheFile:
    def test_is_written_whole_and_replaced(self, one, tmp_path, monkeypatch):
        monkeypatch.setattr("sim.report.paper.html", lambda run, against: "<p>paper</p>")
        for _ in range(2):
            assert one.report(tmp_path / "board.html").read_text() == "<p>paper</p>"
        assert [p.name for p in tmp_path.iterdir()] == ["board.html"]

    def test_another_ending_is_refused(self, one, tmp_path, refused):
        assert "board.html" in refused(ReportError, lambda: one.report(tmp_path / "board.docx"))

    def test_a_missing_folder_is_named(self, one, tmp_path, refused, monkeypatch):
        monkeypatch.setattr("sim.report.paper.html", lambda run, against: "")
        assert "could not be written" in refused(StorageError, lambda: one.report(tmp_path / "no" / "board.html"))

    def test_without_a_chromium_it_is_said_how_to_get_one(self, one, tmp_path, refused, monkeypatch):
        monkeypatch.setattr("sim.report.paper.html", lambda run, against: "")
        monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
        assert "apt install chromium" in refused(ReportError, lambda: one.report(tmp_path / "board.pdf"))
        assert not list(tmp_path.iterdir())

    def test_a_chromium_that_fails_is_quoted(self, refused, monkeypatch):
        monkeypatch.setattr(pdf, "chromium", lambda: "false")
        assert "could not print" in refused(ReportError, lambda: pdf.printed("<p>x</p>"))

    @pytest.mark.skipif(not any(map(pdf.shutil.which, pdf.BROWSERS)), reason="no Chromium is installed")
    def test_a_chromium_prints_it(self):
        assert pdf.printed("<!DOCTYPE html><html lang='en'><title>x</title><p>paper</p></html>").startswith(b"%PDF-")

    def test_a_run_of_a_day_is_refused(self, one, refused):
        short = replace(one, daily=one.daily[one.daily["day"] < 1], days=1)
        assert "at least 7" in refused(ReportError, lambda: html(short))
        assert "one length" in refused(ReportError, lambda: html(one, against=replace(one, days=91)))


def test_a_run_can_be_had_without_matplotlib():
    import subprocess
    import sys

    code = "import sim.run, sim.programme, sys; assert not {'matplotlib', 'jinja2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_quiet_run_can_be_written_up(one):
    calm = replace(
        one,
        incidents=one.incidents.iloc[:0],
        journal=one.journal[one.journal["kind"] == "opened"],
        quality=one.quality.iloc[:0],
        people=one.people.iloc[:0],
    )
    assert isinstance(calm.daily, pd.DataFrame)
    assert "0 incidents" in Page(html(calm)).text
