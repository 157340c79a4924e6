"""The pages that explain: every mechanism has one, whatever they name exists, and the checklist is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.reference.__main__ import FOLDER as REFERENCE

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXPLANATION = DOCS / "explanation"
PAGES = sorted(p for p in (EXPLANATION / "mechanisms").glob("*.md") if p.name != "README.md")
ROOMS = ("world", "data", "models", "cloud", "organisation", "programme")
ITEMS = (
    "1.1 1.2 1.3 2.1 2.2 2.3 2.4 2.5.1 2.5.2 2.5.3 2.5.4 2.5.5 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 5.3 5.4 6.1"
).split()
"""Items of STRESS-DES, as published."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_mechanisms_page_has_all_its_parts(page):
    heads = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
    wanted = ["What it does", "Parameters", "What it leaves out", "Tests", "Code"]
    assert [head for head in heads if head in wanted] == wanted
    assert 200 < len(text_of(page).split()) < 900


def test_every_mechanism_is_claimed_by_a_page():
    modules = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / "sim" / room).glob("*.py")
        if path.name != "__init__.py"
    }
    code = [text_of(page).split("\n## Code\n")[1] for page in PAGES]
    claimed = {name for part in code for name in re.findall(r"`(sim/[\w/]+\.py)`", part)}
    assert modules - claimed == set(), "write of it on a page of docs/explanation/mechanisms, under 'Code'"
    assert claimed - modules <= {"sim/streams.py"}


def test_the_index_names_every_mechanisms_page():
    index = text_of(EXPLANATION / "mechanisms" / "README.md")
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", index)) == {page.name for page in PAGES}


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_file_that_a_page_names_exists(page):
    named = re.findall(r"`((?:sim|tests|cli|benchmarks)/[\w/.-]+\.\w+)`", text_of(page))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", sorted(EXPLANATION.rglob("*.md")), ids=lambda page: page.stem)
def test_every_part_of_a_page_that_is_linked_to_exists(page):
    for target, part in re.findall(r"\]\(([\w./-]+\.md)#([\w-]+)\)", text_of(page)):
        assert part in anchors((page.parent / target).resolve()), f"{target}#{part}"


def test_every_item_of_the_checklist_is_answered_in_order():
    text = text_of(EXPLANATION / "stress-des.md")
    answers = re.findall(r"^\*\*(\d(?:\.\d)+) [^*]+\.\*\*(.*?)(?=^\*\*\d|^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert [number for number, _ in answers] == ITEMS
    assert all(len(answer.split()) > 5 for _, answer in answers)


def test_a_first_reader_is_told_of_every_page():
    told = text_of(DOCS / "README.md")
    pages = [p for folder in ("explanation", "how-to", "reference") for p in (DOCS / folder).glob("*.md")]
    assert [p.name for p in pages if f"({p.relative_to(DOCS).as_posix()})" not in told] == []
    assert REFERENCE.is_dir()
