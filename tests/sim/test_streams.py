"""Randomness has a name, never an order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import SeedError
from sim.streams import Streams

NAMES = st.text(min_size=1, max_size=30)


@given(st.integers(0, 2**64) | st.integers(0, 2**200), st.just(0) | st.integers(0, 2**70), NAMES)
def test_a_stream_is_keyed_by_its_own_bytes(seed, replication, name):
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(replication, *name.encode()))
    wanted = np.random.Generator(np.random.PCG64(sequence)).random(8)
    assert (Streams(seed, replication).generator(name).random(8) == wanted).all()


@given(st.lists(NAMES, min_size=2, max_size=6, unique=True), st.randoms())
def test_order_does_not_matter_and_a_new_stream_changes_no_other(names, chance):
    streams = Streams(7)
    alone = {name: streams.uniforms(name, 5) for name in names[1:]}
    shuffled = chance.sample(names, len(names))
    together = {}
    for name in shuffled:
        streams.generator(name).standard_normal(chance.randrange(50))
        together[name] = streams.uniforms(name, 5)
    assert all((alone[name] == together[name]).all() for name in alone)
    assert len({together[name].tobytes() for name in names}) == len(names)


def test_more_rows_leave_the_earlier_ones():
    assert (Streams(3).uniforms("x", 9, 4)[:5] == Streams(3).uniforms("x", 5, 4)).all()


@pytest.mark.parametrize("count", [0, 1, 8, 33])
def test_words_are_what_single_precision_is_made_of(count):
    words, u = Streams(3).words("x", count), Streams(3).generator("x").random(count, dtype=np.float32)
    assert words.dtype == np.uint32 and len(words) == count
    assert ((words >> 8) * 2.0**-24 == u).all()
    assert (words >> 16 == np.floor(u * 2**16)).all()


@given(st.integers(0, 2**64) | st.integers(0, 2**200), st.just(0) | st.integers(0, 2**70), NAMES)
def test_streams_of_a_family_are_the_same_whether_seeded_together_or_alone(seed, replication, family):
    streams, days = Streams(seed, replication), np.array([-120, -9, 0, 7, 31, 100, 2000, 8])
    for day, made in zip(days, streams.seeds(family, days), strict=True):
        name = f"{family}/{day}"
        assert (streams.words_from(made, 9) == streams.words(name, 9)).all()
        assert (streams.uniforms_from(made, 3, 2) == streams.uniforms(name, 3, 2)).all()


@pytest.mark.parametrize(("one", "two"), [("a/1", "a/11"), ("cases/1", "cases/10"), ("a", "a/"), ("ab", "ba")])
def test_names_that_look_alike_are_other_streams(one, two):
    assert not np.isin(Streams(0).uniforms(one, 100), Streams(0).uniforms(two, 100)).any()


def test_seed_and_replication_each_make_another_world():
    draws = {Streams(s, r).uniforms("x", 4).tobytes() for s in (0, 1) for r in (0, 1)}
    assert len(draws) == 4
    assert (Streams(5).uniforms("x", 4) == Streams(5, 0).uniforms("x", 4)).all()
    assert (Streams(np.int64(5)).uniforms("x", 4) == Streams(5).uniforms("x", 4)).all()


def test_neighbouring_names_are_uniform_and_unrelated():
    n = 20_000
    days = np.stack([Streams(1).uniforms(f"s/cases/{day}", n) for day in range(8)])
    assert np.abs(days.mean(axis=1) - 0.5).max() < 4.5 * np.sqrt(1 / 12 / n)
    assert np.abs(np.corrcoef(days)[np.triu_indices(8, 1)]).max() < 4.5 / np.sqrt(n)


@given(st.integers(max_value=-1))
def test_a_negative_seed_is_refused_with_the_nearest_that_would_do(seed):
    with pytest.raises(SeedError, match=rf"seed is {seed}, .*zero or more.*nearest.* {-seed}\."):
        Streams(seed)


@pytest.mark.parametrize("value", [1.0, 1.5, "7", None, True, float("nan"), [1]])
@pytest.mark.parametrize("field", ["seed", "replication"])
def test_anything_but_a_whole_number_is_refused(field, value, refused):
    message = refused(SeedError, lambda: Streams(**{"seed": 0, field: value}))
    assert message.startswith(f"{field} is {value!r}")
