"""Keyed mixing is one-to-one, even, and another one under another key."""

import numpy as np
from scipy.stats import kstest

from sim.data.keyed import mixed, uniform

WORDS = np.arange(50_000.0)


def test_different_words_become_different_words_and_the_same_the_same():
    got = mixed(WORDS, "a")
    assert got.dtype == np.uint64 and len(np.unique(got)) == len(WORDS)
    assert (mixed(WORDS[::-1], "a")[::-1] == got).all()
    assert (got != mixed(WORDS, "b")).all()


def test_uniforms_are_uniform_and_independent_of_the_word_and_of_another_key():
    one, two = uniform(WORDS, "a"), uniform(WORDS, "b")
    assert 0 < one.min() and one.max() < 1
    assert kstest(one, "uniform").pvalue > 1e-3
    bound = 4.5 / np.sqrt(len(WORDS))
    assert abs(np.corrcoef(one, WORDS)[0, 1]) < bound and abs(np.corrcoef(one, two)[0, 1]) < bound
