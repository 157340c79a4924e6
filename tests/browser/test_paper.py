"""The board paper on a screen: nobody is kept out, and nothing is cut off."""

from __future__ import annotations

import pytest

import sim


@pytest.fixture(scope="module")
def paper(department, tmp_path_factory) -> str:
    """Return a board paper that compares two runs."""
    scenario = sim.load_scenario(str(department(quarters=2)))
    naive, typical = (sim.simulate(scenario, playbook) for playbook in (sim.Playbook(), sim.practices.typical()))
    return typical.report(tmp_path_factory.mktemp("paper") / "paper.html", naive).read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (360, "light")])
def test_axe_finds_nothing_on_the_board_paper(visit, paper, axe, shoot, width, scheme):
    page = visit("about:blank", width=width, color_scheme=scheme)
    page.set_content(paper)
    shoot(page, f"paper-{width}-{scheme}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
