"""Tables of typed columns."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.table import typed

TYPES = {"event": "int64", "day": "float64", "what": "str", "cause": "Int64"}


@pytest.mark.parametrize("rows", [[(1, 2, "a", None), (2, 0.5, "", 1)], [(3, float("nan"), None, None)], []])
def test_a_table_is_what_pandas_makes_of_the_rows(rows):
    pd.testing.assert_frame_equal(typed(rows, TYPES), pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES))


def test_a_row_with_a_value_too_few_is_refused():
    with pytest.raises(ValueError):
        typed([(1, 2.0, "a", None), (2, 2.0, "a")], TYPES)
