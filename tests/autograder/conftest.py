"""A course of one module for the checks to mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import quiz, registry, syllabus

COURSE = Path(__file__).resolve().parents[1] / "course" / "fixtures"


@pytest.fixture(autouse=True)
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the marking at the example course, with no check registered yet."""
    monkeypatch.setattr(syllabus, "folder", lambda: COURSE)
    monkeypatch.setattr(quiz, "folder", lambda: COURSE)
    monkeypatch.setattr(registry, "_checks", {})
    yield
