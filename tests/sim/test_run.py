"""A run says what happened, and comes back from disk exactly as it was, or not at all."""

import dataclasses
import errno
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim.records.storage
import sim.run
from sim.errors import StorageError
from sim.run import FRAMES, MANIFEST, Run
from sim.summary import money, quantity


def small_run(seed: int = 7, rows: int = 200) -> Run:
    """Return a run with a few rows of every type that a frame may hold."""
    rng = np.random.default_rng(seed)
    days = np.arange(rows)
    daily = pd.DataFrame(
        {
            "day": days.astype(float),
            "quarter": days // 91 + 1,
            "service": pd.array(["claims-triage"] * rows, dtype="str"),
            "cases": rng.integers(350, 450, rows),
            "delivered": 380,
            "quarantined": 5,
            "rejected": 0,
            "referred": 20,
            "decided": 380,
            "right": np.round(380 * (0.9 - days / 2_000)),
            "sampled": 380,
            "accuracy": np.where(days % 50 == 3, np.nan, 0.9 - days / 2_000),
            "benefit_gbp": 900.0,
            "harm_gbp": rng.uniform(100, 200, rows),
            "spend_gbp": 300.25,
        }
    )
    journal = pd.DataFrame(
        {
            "event_id": np.arange(3),
            "day": [0.0, 1.5, 0.1 + 0.2],
            "kind": pd.array(["began", "alarm", "retrained"], dtype="str"),
            "cause": pd.array([None, 0, 1], dtype="Int64"),
            "detail": pd.array(["", None, "a drift of 3 σ"], dtype="str"),
        }
    )
    models = pd.DataFrame(
        {
            "version": ["v1", "v2"],
            "trained_day": [0.0, 91.0],
            "reason": pd.Categorical(["first", "drift"], categories=["first", "schedule", "drift"]),
            "fair": pd.array([True, None], dtype="boolean"),
        },
        index=pd.Index([4, 2], name="place"),
    )
    incidents = pd.DataFrame(
        {"kind": ["outage", "unit change"], "detected_day": [3.0, np.nan], "cases_harmed": [12, 340]}
    )
    empty = pd.DataFrame({"day": pd.Series(dtype="float64"), "source": pd.Series(dtype="str")})
    frames = dict.fromkeys(FRAMES, empty) | {
        "daily": daily,
        "journal": journal,
        "models": models,
        "incidents": incidents,
    }
    return Run(**frames, scenario="household-support", seed=seed, days=rows, targets={"equity_gap": 0.1 + 0.2})


@pytest.fixture
def score(monkeypatch):
    """Give every run one small scorecard."""
    frame = pd.DataFrame(
        {
            "measure": ["net_public_value", "accuracy_last_quarter", "spend <b>per</b> decision"],
            "family": ["public value", "model performance", "cost"],
            "service": "all",
            "value": [1_234_567.0, 0.812, 1.5],
            "unit": ["GBP", "share", "GBP per decision"],
            "target": [1e6, 0.85, np.nan],
            "met": [True, False, None],
        }
    )
    monkeypatch.setattr(sim.run, "scorecard", lambda frames, targets: frame)
    return frame


def left(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden or not."""
    return sorted(os.listdir(folder))


def test_a_round_trip_gives_identical_frames(tmp_path):
    run = small_run()
    back = Run.load(run.save(tmp_path / "run"))
    for name in FRAMES:
        pd.testing.assert_frame_equal(back.frames[name], run.frames[name], check_exact=True, check_freq=True)
        assert type(back.frames[name].index) is type(run.frames[name].index)
    assert (back.scenario, back.seed, back.days, back.targets) == (run.scenario, run.seed, run.days, run.targets)
    assert run.equals(back)
    assert left(tmp_path / "run") == sorted([MANIFEST, *(f"{name}.parquet" for name in FRAMES)])


def test_the_same_run_gives_the_same_files(tmp_path):
    one, two = small_run().save(tmp_path / "one"), small_run().save(tmp_path / "two")
    for name in left(one):
        assert (one / name).read_bytes() == (two / name).read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda run: {"seed": run.seed + 1},
        lambda run: {"scenario": "other"},
        lambda run: {"days": 3},
        lambda run: {"targets": {"equity_gap": 0.3}},
        lambda run: {"daily": run.daily.astype({"cases": "float64"})},
        lambda run: {"daily": run.daily[run.daily.columns[::-1]]},
        lambda run: {"models": run.models.reset_index(drop=True)},
        lambda run: {"daily": run.daily.assign(harm_gbp=np.nextafter(run.daily["harm_gbp"], np.inf))},
        lambda run: {"journal": run.journal.iloc[::-1]},
    ],
)
def test_any_difference_makes_two_runs_unequal(change):
    run = small_run()
    assert run.equals(dataclasses.replace(run, timings={"learning": 1.0}))
    assert not run.equals(dataclasses.replace(run, **change(run)))


def test_an_empty_folder_is_filled_and_parents_are_made(tmp_path):
    (tmp_path / "run").mkdir()
    small_run().save(tmp_path / "run")
    small_run().save(tmp_path / "a" / "b" / "run")
    assert Run.load(tmp_path / "a" / "b" / "run").equals(Run.load(tmp_path / "run"))
    assert left(tmp_path) == ["a", "run"]


def test_what_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine too")
    with pytest.raises(StorageError, match="not empty.*never overwrites.*run-2"):
        small_run().save(tmp_path / "run")
    with pytest.raises(StorageError, match="is a file"):
        small_run().save(tmp_path / "file")
    with pytest.raises(StorageError, match="not saved"):
        small_run().save(tmp_path / "file" / "run")
    assert left(tmp_path) == ["file", "run"]
    assert left(tmp_path / "run") == ["mine.txt"]


FULL_DISK = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import test_run
from sim.errors import StorageError
run = test_run.small_run(rows=20_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
try:
    run.save(sys.argv[2])
except StorageError as refusal:
    print(refusal)
"""


def test_a_full_disk_is_one_paragraph_and_leaves_nothing(tmp_path):
    target = tmp_path / "new" / "run"
    here = Path(__file__).parent
    root = here.parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))}
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(here), str(target)],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=120,
    )
    assert "no room left" in done.stdout
    assert str(target) in done.stdout
    assert len(done.stdout.strip().splitlines()) == 1
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no room left"),
        (errno.EDQUOT, "no room left"),
        (errno.EACCES, "may not write"),
        (errno.EIO, "said"),
    ],
)
def test_a_failing_disk_leaves_nothing(tmp_path, monkeypatch, number, words):
    def fail(descriptor):
        assert any(name.endswith(".part") for name in left(tmp_path))
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sim.records.storage.os, "fsync", fail)
    with pytest.raises(StorageError, match=words):
        small_run().save(tmp_path / "run")
    assert left(tmp_path) == []


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim.records.storage.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        small_run().save(tmp_path / "run")
    assert left(tmp_path) == []


def test_a_frame_of_mixed_types_is_refused_by_name(tmp_path):
    run = dataclasses.replace(small_run(), quality=pd.DataFrame({"mixed": [1, "two", b"three"]}))
    with pytest.raises(StorageError, match="'quality' cannot be written"):
        run.save(tmp_path / "run")
    assert left(tmp_path) == []


def spoil(folder: Path, **changes) -> None:
    """Rewrite fields of a saved run's manifest; None removes one."""
    manifest = json.loads((folder / MANIFEST).read_text()) | changes
    (folder / MANIFEST).write_text(json.dumps({k: v for k, v in manifest.items() if v is not None}))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / MANIFEST).unlink(), "not a saved run"),
        (lambda f: (f / MANIFEST).write_text("{"), "damaged"),
        (lambda f: (f / MANIFEST).write_text("[]"), "not a saved run"),
        (lambda f: spoil(f, format="other"), "not a saved run"),
        (lambda f: spoil(f, version=99), "format version 99"),
        (lambda f: spoil(f, seed=None), "incomplete: 'seed'"),
        (lambda f: spoil(f, frames={}), "incomplete: 'daily'"),
        (lambda f: spoil(f, frames=3), "incomplete"),
        (lambda f: (f / "daily.parquet").unlink(), "no daily.parquet"),
        (
            lambda f: (f / "daily.parquet").write_bytes((f / "daily.parquet").read_bytes()[:-9]),
            "daily.parquet is damaged",
        ),
    ],
)
def test_a_damaged_folder_is_refused(tmp_path, damage, words):
    folder = small_run().save(tmp_path / "run")
    damage(folder)
    with pytest.raises(StorageError, match=words) as refusal:
        Run.load(folder)
    assert "\n" not in str(refusal.value)


def test_one_changed_byte_in_a_parquet_file_is_noticed(tmp_path):
    folder = small_run().save(tmp_path / "run")
    path = folder / "ledger.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"ledger\.parquet is damaged"):
        Run.load(folder)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(StorageError, match="nothing is there"):
        Run.load(tmp_path / "nowhere")


def test_the_summary_has_the_numbers_that_matter(score):
    run = small_run()
    text = run.summary()
    assert 5 <= len(text.splitlines()) <= 9
    left_over = (run.daily["benefit_gbp"] - run.daily["harm_gbp"] - run.daily["spend_gbp"]).sum()
    assert money(left_over) in text
    assert "2 incidents, 1 found; 352 decisions" in text
    assert "1 of 2 targets were met. Missed: accuracy_last_quarter." in text


def test_a_programme_that_has_not_begun_has_a_summary(score):
    run = small_run()
    assert "No day has passed" in dataclasses.replace(run, daily=run.daily.iloc[:0]).summary()


class Headings(HTMLParser):
    """Collects header cells and their scope."""

    def __init__(self) -> None:
        super().__init__()
        self.scopes: list[str | None] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))


def test_the_notebook_view_is_accessible_and_escaped(score):
    view = small_run()._repr_html_()
    page = Headings()
    page.feed(view)
    assert page.scopes == ["col"] * 6 + ["row"] * 3
    assert "caption" in page.tags
    assert "b" not in page.tags
    assert [word in view for word in (">yes<", ">no<", ">no target<", "81.2%", "£1.23m")] == [True] * 5


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "£0.00"), (7.2, "£7.20"), (-45_600, "-£45.6k"), (999_600, "£1.00m"), (1_234_567, "£1.23m")],
)
def test_money_is_said_as_people_say_it(value, text):
    assert money(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8124, "share", "81.2%"),
        (12.0, "days", "12 days"),
        (12.34, "days", "12.3 days"),
        (1.5, "GBP per decision", "£1.50 per decision"),
        (float("nan"), "share", "none"),
    ],
)
def test_a_value_is_shown_with_its_unit(value, unit, text):
    assert quantity(value, unit) == text
