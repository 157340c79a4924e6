"""The sum is seen, its parts are not."""

import numpy as np
import pytest
from scipy import stats

from sim.errors import DecisionError
from sim.models.secure_sum import SecureSum


def parts(seed: int, holders: int = 4, size: int = 50) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size) * 10.0 ** rng.integers(-6, 9, size) for _ in range(holders)]


@pytest.mark.parametrize("holders", [1, 2, 7])
def test_gives_the_sum_whatever_the_masks(holders):
    given = parts(1, holders)
    one, two = (SecureSum(holders, np.random.default_rng(s))(given) for s in (1, 2))
    assert (one == two).all()
    assert np.abs(one - np.sum(given, axis=0)).max() < 1e-6
    assert np.abs((one - np.sum(given, axis=0)) / np.sum(given, axis=0)).max() < 1e-5


def test_whole_numbers_are_exact():
    given = [np.array([1.0, -7.0, 2.0**40]), np.array([2.0, 3.0, -1.0])]
    assert SecureSum(2, np.random.default_rng(0))(given).tolist() == [3.0, -4.0, 2.0**40 - 1]


def test_what_is_sent_is_noise():
    """Each word is uniform, and has nothing to do with what was to be said: neither of one party nor of all but two."""
    given = [np.full(20_000, 3.25), np.linspace(0, 1, 20_000), np.zeros(20_000)]
    sent = SecureSum(3, np.random.default_rng(0)).messages(given)
    for message in sent:
        for words in message / 2.0**64:
            assert stats.kstest(words, "uniform").pvalue > 0.001
    assert abs(stats.spearmanr(sent[1][0], given[1]).statistic) < 3 / np.sqrt(20_000)
    assert stats.kstest((sent[0] + sent[1])[0] / 2.0**64, "uniform").pvalue > 0.001


def test_masks_are_new_each_time():
    ask, zero = SecureSum(2, np.random.default_rng(0)), [np.zeros(100)] * 2
    assert not (ask.messages(zero)[0] == ask.messages(zero)[0]).any()


def test_counts_rounds_and_bytes():
    ask = SecureSum(3, np.random.default_rng(0))
    ask([np.zeros(10)] * 3, told=4)
    ask([np.zeros(1)] * 3)
    assert (ask.rounds, ask.bytes_exchanged) == (2, 3 * (16 * 10 + 8 * 4) + 3 * 16)


@pytest.mark.parametrize("value", [1e19, -1e19, np.inf, np.nan])
def test_refuses_what_does_not_fit(value, refused):
    ask = SecureSum(2, np.random.default_rng(0))
    assert "larger units" in refused(DecisionError, lambda: ask([np.array([value]), np.zeros(1)]))
