"""The glossary of a run's records names every column that is there, and none that is not."""

import pytest

import sim
from sim.records.glossary import ABOUT, COLUMNS
from sim.run import FRAMES


@pytest.fixture(scope="module")
def run(small) -> sim.Run:
    return sim.simulate(small(quarters=1), seed=1)


def test_every_frame_is_described():
    assert set(ABOUT) == set(FRAMES)
    assert set(COLUMNS) == set(FRAMES) - {"billing"}


@pytest.mark.parametrize("frame", COLUMNS)
def test_every_column_is_described_in_its_order(run, scenario, frame):
    features = list(scenario.services[0].feature_names)
    told = [name for column in COLUMNS[frame] for name in (features if column == "<feature>" else [column])]
    assert told == list(getattr(run, frame).columns)
