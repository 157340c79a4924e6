"""Many runs: the same figures however they are made, and gone on with after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import SeedError, StudyError
from sim.experiments.fingerprint import fingerprint
from sim.experiments.notes import FILE
from sim.experiments.study import Cell, chosen_seeds, study


@pytest.fixture(scope="module")
def tiny(small):
    return small(1, 12)


@pytest.fixture(scope="module")
def cells(tiny):
    return {"naive": Cell(tiny, sim.Playbook()), "typical": Cell(tiny, sim.practices.typical())}


@pytest.fixture(scope="module")
def serial(cells):
    return study(cells, [0, 1, 2])


def test_figures_are_the_scorecards_in_the_order_given(serial, tiny):
    assert serial.values.shape == (2, 3, len(serial.labels))
    card = sim.simulate(tiny, sim.practices.typical(), seed=1).scorecard()
    assert serial.values[1, 1].tolist() == pytest.approx(card["value"].tolist(), nan_ok=True, abs=0, rel=0)
    assert serial.labels["measure"].tolist() == card["measure"].tolist()


def test_processes_give_the_same_bytes(cells, serial):
    assert study(cells, [0, 1, 2], jobs=2).values.tobytes() == serial.values.tobytes()


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_bytes(cells, serial):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        assert study(cells, [0, 1, 2]).values.tobytes() == serial.values.tobytes()


def test_what_is_noted_is_not_run_again_and_more_seeds_are_added(cells, serial, tmp_path):
    told = []
    first = study(cells, [0, 1], folder=tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    told.clear()
    again = study(cells, [0, 1, 2], folder=tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(5, 6), (6, 6)]
    assert again.values.tobytes() == serial.values.tobytes()
    assert first.values.tobytes() == serial.values[:, :2].tobytes()


def test_a_line_that_was_cut_off_is_run_again(cells, serial, tmp_path):
    one = {"naive": cells["naive"]}
    study(one, [0, 1], folder=tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    for cut in (1, 40, len(whole) // 2, len(whole) - 3):
        (tmp_path / FILE).write_bytes(whole[:cut])
        assert study(one, [0, 1], folder=tmp_path).values.tobytes() == serial.values[:1, :2].tobytes()
        lines = (tmp_path / FILE).read_text().splitlines()
        assert len([json.loads(line) for line in lines]) == 4


def test_a_rule_that_was_changed_is_run_again(tiny, tmp_path):
    told = []
    for days in (30, 60, 30):
        rule = sim.practices.retrain_on_schedule(days=days)
        study(
            {"a": Cell(tiny, sim.Playbook(retrain=rule))},
            [0],
            folder=tmp_path,
            progress=lambda done, total, days=days: told.append(days),
        )
    assert told == [30, 60]


def test_another_study_is_not_mixed_in(cells, tmp_path, refused):
    study(cells, [0], folder=tmp_path)
    before = (tmp_path / FILE).read_bytes()
    assert "holds another study" in refused(StudyError, lambda: study(cells, [0], folder=tmp_path, instant=True))
    assert (tmp_path / FILE).read_bytes() == before
    (tmp_path / FILE).write_text("not this\n")
    assert "cannot be read" in refused(StudyError, lambda: study(cells, [0], folder=tmp_path))


def test_a_folder_that_is_a_file_is_refused(cells, tmp_path, refused):
    (tmp_path / "taken").write_text("")
    assert "cannot be kept" in refused(StudyError, lambda: study(cells, [0], folder=tmp_path / "taken"))


@pytest.mark.parametrize("jobs", [0, 1.5, True, "two"])
def test_a_number_of_processes_that_is_none_is_refused(cells, jobs, refused):
    assert "number of processes" in refused(StudyError, lambda: study(cells, [0], jobs=jobs))


def test_runs_that_measure_different_things_are_refused(cells, refused):
    def odd(run: sim.Run) -> pd.DataFrame:
        return pd.DataFrame({"measure": [f"of seed {run.seed}"], "value": [1.0]})

    assert "does not measure the same" in refused(StudyError, lambda: study(cells, [0, 1], reading=odd))


def test_a_measure_that_is_not_there_is_named(serial, refused):
    assert "Nothing is measured under measure 'luck'" in refused(StudyError, lambda: serial.rows(measure="luck"))


@pytest.mark.parametrize("seeds", [5, "12", [], [1], [1, 1]])
def test_seeds_that_are_none_are_refused(seeds, refused):
    assert "seeds is" in refused(SeedError, lambda: chosen_seeds(seeds))


class TestFingerprint:
    def test_it_is_the_same_in_another_process_whatever_the_hash_seed(self):
        code = (
            "import sim; from sim.experiments.fingerprint import fingerprint as f;"
            "print(f(sim.practices.reference(), lambda batch: batch['rent_gbp'] > 3))"
        )
        said = {
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        }  # fmt: skip
        assert len(said) == 1

    def test_code_defaults_and_what_is_closed_over_count(self):
        def of(limit):
            return lambda signals: signals.days_since_training > limit

        assert fingerprint(of(3)) == fingerprint(of(3)) != fingerprint(of(4))
        assert fingerprint(lambda s: s > 1) != fingerprint(lambda s: s >= 1)
        assert fingerprint(lambda s, a=1: s) != fingerprint(lambda s, a=2: s)
        assert fingerprint(lambda s: s.a) != fingerprint(lambda s: s.b)

    def test_it_sees_into_whatever_a_rule_may_be_made_of(self):
        def over(limit, signals):
            return signals.days_since_training > limit

        class Rule:
            def __init__(self, limit):
                self.limit = limit

            def ask(self, signals):
                return signals.days_since_training > self.limit

        def alike(make):
            return fingerprint(make(3)) == fingerprint(make(3)) != fingerprint(make(4))

        assert alike(lambda limit: partial(over, limit)) and alike(lambda limit: partial(over, limit=limit))
        assert alike(lambda limit: Rule(limit).ask) and alike(Rule)
        assert alike(lambda limit: {"b", "a", limit}) and alike(lambda limit: {"a": [limit], "b": None})
        one, other, both = ({"a"}, {"b"}, {"a", "b"})
        assert len({fingerprint(each) for each in (one, other, both, ["a", "b"])}) == 4
        assert fingerprint(np.mean) != fingerprint(np.std) and fingerprint(len) != fingerprint(max)

    def test_settings_of_a_practice_count_and_its_memory_does_not(self):
        gate = sim.practices.validation_gate(reach=3.0)
        used = gate.fresh()
        used(pd.DataFrame({"case_id": [1.0, 2.0], "arrived_day": [0.0, 0.0], "rent_gbp": [3.0, 4.0]}))
        assert fingerprint(gate) == fingerprint(used) != fingerprint(sim.practices.validation_gate(reach=4.0))


KILLED = """
import sys, sim
from sim.experiments.study import Cell, study
world = sim.load_scenario("quiet-office").replace(quarters=1)
cells = {"naive": Cell(world, sim.Playbook()), "typical": Cell(world, sim.practices.typical())}
found = study(cells, range(12), jobs=int(sys.argv[2]), folder=sys.argv[1])
sys.stdout.buffer.write(found.values.tobytes())
"""


@pytest.mark.slow
def test_a_study_that_is_killed_again_and_again_comes_to_the_same_bytes(tmp_path):
    """Ten kills at random moments, of the process and all its workers, then one that is let finish."""

    def start(folder: str, jobs: int) -> subprocess.Popen:
        command = [sys.executable, "-c", KILLED, str(tmp_path / folder), str(jobs)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)

    def lines() -> int:
        path = tmp_path / "killed" / FILE
        return path.read_bytes().count(b"\n") if path.exists() else 0

    wanted, _ = start("whole", 1).communicate()
    moments, kills = np.random.default_rng(11), 0
    while kills < 10:
        process, before = start("killed", 1 + kills % 2), lines()
        while lines() == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.2))
        assert process.poll() is None, f"the study was over before kill {kills + 1}"
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        kills += 1
    found, _ = start("killed", 1).communicate()
    assert found == wanted and len(wanted) > 1000
