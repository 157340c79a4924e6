"""The page of ten pitfalls: it runs as it stands, and the naive programme suffers from every one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim

PAGE = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "pitfalls.md"
PITFALLS = (
    "strategy",
    "data",
    "infrastructure",
    "skills",
    "bias",
    "interpretability",
    "change",
    "operations",
    "privacy",
    "monitoring",
)


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Return the names that the page's blocks leave behind, run from top to bottom."""
    names: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        exec(compile(block, PAGE.name, "exec"), names)
    return names


def shown(query: Callable[[sim.Run], float], bound: float, naive: sim.Run, reference: sim.Run) -> bool:
    """Say whether the one run suffers, by its own figure, and the other does not."""
    return query(reference) < bound < query(naive)


def test_there_are_ten_each_with_what_it_leaves_out(page):
    text = PAGE.read_text(encoding="utf-8")
    sections = re.split(r"^## \d+\. ", text, flags=re.MULTILINE)[1:]
    assert tuple(page["pitfalls"]) == PITFALLS
    assert len(sections) == len(PITFALLS)
    for section in sections:
        assert "*Answered by*" in section and "*Only partly shown" in section


@pytest.mark.parametrize("pitfall", PITFALLS)
def test_the_naive_programme_suffers_it_and_the_reference_does_not(page, pitfall):
    query, bound = page["pitfalls"][pitfall]
    naive, reference = page["naive"], page["reference"]
    assert shown(query, bound, naive, reference)
    assert not shown(query, bound, reference, naive)
    assert not shown(query, bound, naive, naive)


def test_every_decision_point_that_a_pitfall_names_exists(page):
    answers = re.findall(r"^\*Answered by\*.*?(?=\n\n)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    named = {word for answer in answers for word in re.findall(r"`(\w+)`", answer)}
    assert len(answers) == len(PITFALLS)
    assert named <= set(sim.decisions.POINTS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_it_is_no_luck_of_one_world(page, seed):
    naive = sim.simulate(page["world"], sim.Playbook(), seed=seed)
    reference = sim.simulate(page["world"], sim.practices.reference(), seed=seed)
    held = {name: shown(query, bound, naive, reference) for name, (query, bound) in page["pitfalls"].items()}
    assert all(held.values()), [name for name, holds in held.items() if not holds]
