"""Model answers with one mistake each: every mistake costs what it should, and those that cost nothing are known."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.mutant import Mutant, answers, bank, earned

BANK = bank()
SHORT = {("m09", "psi"), ("m09", "ks"), ("m10", "tag")}
"""Tasks that are checked in a moment; the others' mutants are slow."""

FEWEST = 8
"""Mutants of a module."""


def named(mutant: Mutant) -> str:
    return mutant.label.replace(" ", "-")


def costs_what_it_should(mutant: Mutant) -> None:
    share = mutant.share()
    assert mutant.as_it_should(share), f"{mutant.label} keeps {share:.0%} of the points; it should lose {mutant.loses}"


def test_each_module_has_many_and_each_is_its_own():
    assert all(count >= FEWEST for count in Counter(mutant.module for mutant in BANK).values())
    assert len({mutant.label for mutant in BANK}) == len(BANK)
    assert len({(mutant.module, mutant.task, mutant.new, mutant.old) for mutant in BANK}) == len(BANK)


@pytest.mark.parametrize("module", sorted({mutant.module for mutant in BANK}))
def test_every_task_has_some(module: str):
    tasks = Counter(mutant.task for mutant in BANK if mutant.module == module)
    assert all(count >= 4 for count in tasks.values()), tasks


@pytest.mark.parametrize("mutant", BANK, ids=named)
def test_it_is_python_and_another_answer(mutant: Mutant):
    compile(mutant.source(), "cell", "exec")
    assert mutant.source() != answers(mutant.module)[mutant.task]


@pytest.mark.parametrize("mutant", BANK, ids=named)
def test_a_survivor_is_judged_and_no_other(mutant: Mutant):
    assert bool(mutant.why) == (mutant.loses == "nothing")


@pytest.mark.parametrize("mutant", [m for m in BANK if (m.module, m.task) in SHORT], ids=named)
def test_it_costs_what_it_should(mutant: Mutant):
    costs_what_it_should(mutant)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", [m for m in BANK if (m.module, m.task) not in SHORT], ids=named)
def test_the_others_cost_what_they_should_too(mutant: Mutant):
    costs_what_it_should(mutant)


@pytest.mark.parametrize(("module", "task"), sorted(SHORT))
def test_without_a_mistake_nothing_is_lost(module: str, task: str):
    assert earned(module, task, answers(module)[task]) == 1
