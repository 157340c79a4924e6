"""A search for a cause: who knows more looks at fewer places, in the same order."""

import numpy as np
import pytest

from sim.data.stages import CAUSES, OUTCOMES, SEARCHED, STAGES, search, suspects


@pytest.fixture(scope="module")
def places(scenario):
    return suspects(scenario.services[0])


def test_a_life_has_eight_stages_and_every_cause_is_at_one(places, scenario):
    assert len(STAGES) == 8 == len(set(STAGES)) and set(SEARCHED) <= set(STAGES)
    assert len(places) == len(set(places)) == 3 * len(SEARCHED) + 2
    for kind in scenario.services[0].incidents:
        assert any((s.source, s.stage) == (kind.source or OUTCOMES, CAUSES[kind.kind]) for s in places)


def test_knowing_more_never_lengthens_a_search(places):
    rng = np.random.default_rng(0)
    saved = []
    for _ in range(300):
        order = [places[i] for i in rng.permutation(len(places))]
        cause = order[rng.integers(len(order))]
        if cause.stage not in ("collection", "ingestion"):
            continue
        upstream = ("collection", "ingestion", "training")
        ways = [("nothing", ()), ("owner", ()), ("source", ()), ("source", upstream)]
        lengths = [len(search(order, cause, known, up)) for known, up in ways]
        assert lengths == sorted(lengths, reverse=True) and lengths[-1] >= 1
        assert all(search(order, cause, known, up)[-1] == cause for known, up in ways)
        saved.append(lengths)
    assert np.diff(np.mean(saved, axis=0)).max() <= 0 and np.mean(saved, axis=0)[-1] < 0.25 * np.mean(saved, axis=0)[0]


def test_a_search_that_knows_nothing_takes_half_of_the_suspects_on_average(places):
    rng = np.random.default_rng(1)
    cause, n = places[0], len(places)
    taken = [len(search([places[i] for i in rng.permutation(n)], cause, "nothing", ())) for _ in range(2000)]
    assert abs(np.mean(taken) - (n + 1) / 2) < 4.5 * np.sqrt((n**2 - 1) / 12 / 2000)
