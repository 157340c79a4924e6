"""What reaches the model, and when."""

import numpy as np
import pytest

from sim.data.casefile import IN_FLIGHT, QUARANTINED, REJECTED, CaseFile
from sim.data.pipeline import Pipeline
from sim.scenario import IncidentKind
from sim.streams import Streams
from sim.world.population import populate


@pytest.fixture
def line(small):
    service = small().services[0]
    people = populate(service, Streams(3), 0, 60)
    return Pipeline(service, people, CaseFile(people)), people, service


def test_each_record_is_collected_once_and_late_ones_when_they_come(line):
    pipeline, people, _ = line
    nights = [pipeline.collect(day) for day in range(60)]
    rows = np.concatenate(nights)
    assert len(np.unique(rows)) == len(rows)
    for day, night in enumerate(nights):
        assert (people.day[night] + people.late[night] == day).all()
    due = people.day + people.late < 60
    assert sorted(rows) == np.nonzero(due)[0].tolist()
    assert (people.late > 0).any()


def test_quarantine_holds_until_somebody_looks_and_what_they_saw_is_true(line):
    pipeline, people, _ = line
    rows = pipeline.collect(0)[:10]
    pipeline.hold(rows, 0)
    assert pipeline.held(0) == 10 and (pipeline._file.state[rows] == QUARANTINED).all()
    pipeline.release(0, 3)
    assert pipeline.held(0) == 0 and (pipeline._file.state[rows] == IN_FLIGHT).all()
    for day in (1, 2):
        assert not np.isin(rows, pipeline.collect(day)).any()
    assert np.isin(rows, pipeline.collect(3)).all()
    assert (pipeline.read(rows) == people.clean[rows]).all()
    assert pipeline.vouched(rows).all() and not len(pipeline.twice(rows))


def test_what_nobody_looks_at_is_sent_back(line):
    pipeline, _, service = line
    rows = pipeline.collect(5)
    pipeline.hold(rows, 5)
    wait = int(service.reject_after_days)
    assert pipeline.send_back(5 + wait - 1) == 0
    assert pipeline.send_back(5 + wait) == len(rows)
    assert (pipeline._file.state[rows] == REJECTED).all()
    assert (np.floor(pipeline._file.returned_day[rows]) == 5 + wait).all()
    pipeline.release(5, 50)
    assert (pipeline._file.state[rows] == REJECTED).all()


def test_an_incident_touches_its_own_features_of_its_share(line):
    pipeline, people, service = line
    rows = np.arange(len(people))
    names = list(service.feature_names)
    pence = IncidentKind(name="x", kind="unit_change", source="earnings-feed", features=("earnings_gbp",), factor=100)
    before = pipeline.read(rows)
    after = before.copy()
    assert pipeline.corrupt(rows, after, pence).all()
    j = names.index("earnings_gbp")
    assert np.array_equal(after[:, j], before[:, j] * 100, equal_nan=True)
    others = [k for k in range(12) if k != j]
    assert np.array_equal(after[:, others], before[:, others], equal_nan=True)
    nulls = IncidentKind(name="y", kind="silent_nulls", source="claim-form", share=0.6)
    touched = pipeline.corrupt(rows, after, nulls)
    assert abs(touched.mean() - 0.6) < 4.5 * np.sqrt(0.24 / len(rows))
    form = [names.index(f.name) for f in service.features if f.source == "claim-form"]
    assert np.isnan(after[np.ix_(touched, form)]).all()
    untouched = np.ix_(~touched, form)
    assert np.array_equal(after[untouched], before[untouched], equal_nan=True)
