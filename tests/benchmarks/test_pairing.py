"""The share of replications that pairing leaves is the one that theory gives."""

import numpy as np
import pytest

from benchmarks.pairing import share


def test_worlds_that_differ_by_a_constant_need_next_to_no_replications():
    world = np.random.default_rng(1).normal(size=40)
    ratio, low, high = share(world + np.random.default_rng(2).normal(size=40) * 1e-6, world)
    assert 0 < low <= ratio <= high < 1e-9


@pytest.mark.parametrize("own", [0.5, 1.0, 3.0])
def test_the_share_is_that_of_what_is_not_in_common(own):
    g = np.random.default_rng(3)
    world, a, b = g.normal(size=(3, 400))
    ratio, low, high = share(world + own * a, world + own * b)
    expected = own**2 / (1 + own**2)
    assert low < ratio < high
    assert abs(ratio - expected) < 4 * (high - low) / (2 * 1.96)
