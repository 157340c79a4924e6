"""What a learner's notebook shows: text and pictures stay, and nothing is left that a browser would run."""

from __future__ import annotations

import base64
import re

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.marks import cleaning

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='https://example.org'></iframe>",
    "<style>@import 'https://example.org'</style>",
    "<div style='background:url(https://example.org)'>x</div>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<b onclick=alert(1)>x</b>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<form action=https://example.org><input></form>",
    "<script",
]
RUNS = re.compile(
    r"<script|onerror|onload|onclick|javascript:|<iframe|<svg|<form|@import|url\(|example\.org|<math", re.I
)


@pytest.mark.parametrize("html", EVIL)
def test_html_that_runs_or_fetches_is_gone(html: str) -> None:
    left = cleaning.markup(f"<table><tr><td>7</td></tr></table>{html}")
    assert not RUNS.search(left)
    assert "<td>7</td>" in left


@pytest.mark.parametrize("html", EVIL)
def test_html_in_prose_is_shown_as_text(html: str) -> None:
    links = "[x](javascript:alert(1)) [y](java&#115;cript:alert(1)) ![z](https://example.org/p) [r][1]\n\n"
    links += "[s](javascript\\:alert(1)) <javascript:alert(1)>\n\n[1]: javascript:alert(1)"
    nb = new_notebook(cells=[new_markdown_cell(f"My words.\n\n{html}\n\n{links}"), new_raw_cell(html)])
    cleaning.notebook(nb, set())
    page = HTMLExporter(template_name="basic").from_notebook_node(nb)[0]
    tags = [tag for tag in re.findall(r"<[a-zA-Z][^>]*>", page) if not tag.startswith('<a href="https://')]
    assert not any(RUNS.search(tag) for tag in tags), tags


def test_a_figures_own_picture_and_words_stay() -> None:
    html = f'<img alt="A line" width="700" style="max-width: 100%" src="data:image/png;base64,{PNG}">'
    left = cleaning.markup(html)
    assert f'src="data:image/png;base64,{PNG}"' in left
    assert 'alt="A line"' in left


def test_a_table_of_pandas_stays_a_table() -> None:
    import pandas as pd

    left = cleaning.markup(pd.DataFrame({"a": [1]})._repr_html_())
    assert "<th>a</th>" in left or "<th>" in left
    assert "<style" not in left


def test_pictures_that_are_none_are_dropped() -> None:
    raw = {"output_type": "display_data", "data": {"image/png": base64.b64encode(b"<svg>").decode(), "text/plain": "p"}}
    assert dict(cleaning.output(raw).data) == {"text/plain": "p"}
    raw["data"]["image/png"] = PNG
    assert cleaning.output(raw).data["image/png"] == PNG


def test_terminal_commands_are_dropped_and_colours_stay() -> None:
    said = cleaning.text("a\x1b]0;title\x07b\x1b[31mred\x1b[0m\x00\x08c")
    assert said == "ab\x1b[31mred\x1b[0mc"


@pytest.mark.parametrize("raw", [None, 3, [], {}, [{}], [{"output_type": "stream"}], [{"output_type": 7}], "text"])
def test_outputs_of_any_shape_are_survived(raw: object) -> None:
    for shown in cleaning.outputs(raw):
        nbformat.v4.nbbase.validate(shown, "output")


def test_metadata_and_attachments_are_dropped() -> None:
    cell = new_markdown_cell("![x](attachment:a.svg)", metadata={"evil": "<script>", "deletable": False})
    cell["attachments"] = {"a.svg": {"image/svg+xml": "<svg>"}}
    nb = new_notebook(cells=[cell, new_code_cell("1", metadata={"tags": ["x"]})], metadata={"title": "<script>"})
    cleaning.notebook(nb, set())
    assert dict(nb.cells[0].metadata) == {"deletable": False}
    assert "attachments" not in nb.cells[0]
    assert "title" not in nb.metadata


def test_the_courses_own_prose_is_left_alone() -> None:
    own = '<img alt="Map" src="data:image/png;base64,xx"><details><summary>In words</summary></details>'
    nb = new_notebook(cells=[new_markdown_cell(own)])
    cleaning.notebook(nb, {own})
    assert nb.cells[0].source == own
