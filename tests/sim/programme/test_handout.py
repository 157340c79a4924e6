"""Whoever is given a night's records may write into them: what is handed out is nobody else's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.decisions.point import columns_of
from sim.programme.handout import Handout
from sim.programme.intake import _each_once

POINTS = ("validate", "repair", "watch_data", "protect", "decide", "scale")


def scribbling(decision: Callable[..., Any]) -> Callable[..., Any]:
    """Answer as a decision does, and leave nothing of what was given as it was."""
    asked = decision.fresh() if hasattr(decision, "fresh") else decision

    def answer(*given: Any) -> Any:
        frames = [g for g in given if isinstance(g, pd.DataFrame | pd.Series)]
        made = asked(*(g.copy() if isinstance(g, pd.DataFrame | pd.Series) else g for g in given))
        for frame in frames:
            if frame.ndim == 1:
                frame.iloc[:] = -1.0
            else:
                frame.iloc[:, -3:] = -1.0
        for load in given:
            if isinstance(load, sim.decisions.Load):
                load.recent.iloc[:] = 0
        return made

    answer.__name__ = type(decision).__name__
    return answer


def test_a_decision_that_writes_into_what_it_is_given_harms_nothing(small):
    world, book = small().replace(quarters=1), sim.practices.reference()
    vandal = book.replace(**{point: scribbling(getattr(book, point)) for point in POINTS})
    run, harmed = (sim.simulate(world, playbook, seed=4, instant=True) for playbook in (book, vandal))
    assert run.equals(harmed)


class _People:
    def case_id_of(self, rows: np.ndarray) -> np.ndarray:
        return rows * 10

    def arrived_of(self, rows: np.ndarray) -> np.ndarray:
        return rows / 2


@pytest.mark.parametrize("kept", [None, np.array([0, 2, 3])])
def test_each_frame_shows_the_records_as_they_are_now_and_is_its_own(kept):
    rows, values = np.array([4, 6, 7, 4]), np.arange(8.0).reshape(4, 2)
    handout = Handout(_People(), columns_of(["case_id", "arrived_day", "age", "rent"]), rows)
    there = slice(None) if kept is None else kept
    for _ in range(2):
        frame = handout.frame(values, kept)
        assert frame.to_numpy().tolist() == np.column_stack([rows * 10, rows / 2, values])[there].tolist()
        frame.iloc[:, :] = -1.0
        values += 100.0
    assert values.min() == 200.0


def test_records_are_told_from_their_copies_whatever_the_gate_keeps():
    generator = np.random.default_rng(0)
    for _ in range(300):
        n = int(generator.integers(1, 12))
        again = generator.integers(0, n, size=int(generator.integers(0, 8)))
        kept = np.nonzero(generator.random(n + len(again)) < generator.random())[0]
        source, order = _each_once(n, again, kept)
        record = np.concatenate([np.arange(n), again])
        assert sorted(order) == list(kept) and list(record[order[: len(source)]]) == list(source)
        assert list(source) == list(dict.fromkeys(record[kept])) and (order[len(source) :] >= n).all()
