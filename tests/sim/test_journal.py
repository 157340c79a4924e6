"""What happened, in order, each event after its cause."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.journal import COLUMNS, Journal


def test_an_event_is_numbered_by_its_place():
    journal = Journal()
    first = journal.write(0.0, "opened")
    second = journal.write(1.5, "alarm", "triage", "v0", first, "score 3")
    assert (first, second, len(journal)) == (0, 1, 2)
    row = journal.frame().iloc[1]
    assert row.tolist() == [1, 1.5, "alarm", "triage", "v0", 0, "score 3"]


@pytest.mark.parametrize("cause", [1, 2, 99, -1])
def test_an_effect_does_not_come_before_its_cause(cause):
    journal = Journal()
    journal.write(0.0, "opened")
    with pytest.raises(ValueError, match=f"event 1 names cause {cause}, which has not happened"):
        journal.write(1.0, "alarm", cause=cause)
    assert len(journal) == 1


def test_nothing_that_is_read_changes_what_is_written():
    journal = Journal()
    journal.write(0.0, "opened", detail="as it was")
    frame = journal.frame()
    frame.loc[0, "detail"] = "forged"
    assert journal.frame().loc[0, "detail"] == "as it was"
    with pytest.raises(TypeError):
        journal._rows[0][1] = 5.0


def test_an_empty_journal_has_the_same_types():
    journal = Journal()
    empty = journal.frame()
    journal.write(0.0, "opened")
    journal.write(1.0, "closed", cause=0)
    full = journal.frame()
    assert tuple(empty.columns) == tuple(full.columns) == COLUMNS
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    assert [str(t) for t in full.dtypes] == ["int64", "float64", "str", "str", "str", "Int64", "str"]
    assert full["cause"].isna().tolist() == [True, False]


@given(st.lists(st.none() | st.integers(-2, 12), max_size=12))
def test_causes_precede_effects_whatever_is_written(causes):
    journal = Journal()
    for cause in causes:
        if cause is None or 0 <= cause < len(journal):
            journal.write(1.0, "event", cause=cause)
        else:
            with pytest.raises(ValueError, match="has not happened"):
                journal.write(1.0, "event", cause=cause)
    frame = journal.frame()
    caused = frame["cause"].notna()
    assert (frame.loc[caused, "cause"] < frame.loc[caused, "event_id"]).all()
    assert frame["event_id"].tolist() == list(range(len(journal)))
