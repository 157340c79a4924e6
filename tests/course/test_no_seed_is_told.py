"""What a learner gets back names no seed of the worlds on which it was marked: words, figures, and what they carry."""

from __future__ import annotations

import base64
import io
import json
import re
from collections import OrderedDict
from typing import Any

import pytest
from PIL import Image

from autograder import baselines, judge, syllabus
from autograder.bench import Bench
from autograder.feedback.card import card
from autograder.feedback.record import row
from autograder.marks.mark import Mark
from autograder.quiet import quiet
from autograder.variants import variant_of
from sim.streams import Streams
from tests.course.test_sealed import BEGIN, HANDED, SECRET, answers

PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
SAID = {"alt", "dpi"}
"""What a picture may carry beside its dots."""


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Every seed of which a world is made while the test runs; none is remembered from a test before."""
    monkeypatch.setattr(baselines, "_remembered", OrderedDict())
    found: set[int] = set()
    begin = Streams.__init__

    def noting(self: Streams, seed: int, *about: Any, **more: Any) -> None:
        found.add(int(seed))
        begin(self, seed, *about, **more)

    monkeypatch.setattr(Streams, "__init__", noting)
    return found


@pytest.mark.parametrize(
    ("task_id", "change", "drawn"),
    [
        ("m10.query", ("EffectiveCost", "BilledCost"), False),
        pytest.param("m03.gate", None, True, marks=pytest.mark.slow),
        pytest.param("m09.retrain", None, True, marks=pytest.mark.slow),
    ],
)
def test_it_is_in_no_card_table_or_figure(
    seeds: set[int], task_id: str, change: tuple[str, str] | None, drawn: bool
) -> None:
    module = task_id.split(".")[0]
    names: dict[str, Any] = {}
    needed = ["monitor", "retrain"] if task_id == "m09.retrain" else [task_id.split(".")[1]]
    for source in (BEGIN, *(answers(module)[name] for name in needed)):
        exec(compile(source.replace(*change) if change else source, "cell", "exec"), names)
    variant = variant_of(SECRET, module, "zoe")
    with quiet():
        outcome = judge.judge(task_id, syllabus.load().task(task_id), eval(HANDED[task_id], names), Bench(variant))
        mark = Mark(task_id, outcome)
        page, told = card(mark, "note"), json.dumps(row(mark))
    sealed = {seed for seed in seeds if seed >= 10_000} | {variant.number}
    assert len(sealed) > 1, "it was tried on worlds of the learner's own"
    pictures = [base64.b64decode(data) for data in PICTURE.findall(page)]
    assert bool(pictures) == drawn
    words = PICTURE.sub("", page) + told
    assert [seed for seed in sealed if re.search(rf"{seed}|{seed:,}|{seed:x}", words)] == []
    for picture in pictures:
        assert [seed for seed in sealed if str(seed).encode() in picture] == []
        with Image.open(io.BytesIO(picture)) as opened:
            assert opened.info.keys() <= SAID
