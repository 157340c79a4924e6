"""The course's secret and what follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import MarkingError
from autograder.variants import OPEN, Secret, read_secret, variant_of, write_secret

SECRET = Secret(b"0123456789abcdef0123456789abcdef")


def test_without_a_secret_everybody_has_the_public_worlds(tmp_path: Path) -> None:
    assert read_secret(tmp_path) is None
    assert variant_of(None, "m09", "ann") == OPEN
    assert OPEN.open


def test_learners_and_modules_differ_and_the_same_is_the_same() -> None:
    drawn = {variant_of(SECRET, module, f"l{k}").number for module in ("m03", "m09") for k in range(500)}
    assert len(drawn) == 1000
    assert variant_of(SECRET, "m09", "ann") == variant_of(SECRET, "m09", "ann")


def test_no_two_ways_to_say_a_name_meet() -> None:
    assert variant_of(SECRET, "m09", "0ann") != variant_of(SECRET, "m090", "ann")


def test_seeds_are_none_of_the_public_ones_and_differ() -> None:
    seeds = variant_of(SECRET, "m09", "ann").seeds("worlds", 50)
    assert len(set(seeds)) == 50
    assert min(seeds) >= 10_000


def test_one_part_of_a_variant_says_nothing_of_another() -> None:
    variant = variant_of(SECRET, "m09", "ann")
    assert variant.generator("a").random() != variant.generator("b").random()
    assert variant.generator("a").random() == variant.generator("a").random()


def test_a_secret_is_written_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = write_secret(tmp_path)
    first = read_secret(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert write_secret(tmp_path) == path
    assert read_secret(tmp_path) == first
    assert first.key.decode() not in repr(first)
    assert first.name not in first.key.decode()


@pytest.mark.parametrize(("text", "mode", "said"), [("short", 0o600, "characters"), ("x" * 64, 0o644, "chmod 600")])
def test_a_weak_secret_is_refused(tmp_path: Path, text: str, mode: int, said: str) -> None:
    path = write_secret(tmp_path)
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(MarkingError, match=said):
        read_secret(tmp_path)
