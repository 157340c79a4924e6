"""Frames that are handed out nightly are frames like any other."""

import numpy as np
import pandas as pd

from sim.decisions.point import columns_of, frame_of


def test_a_frame_on_a_block_is_the_one_that_pandas_makes():
    block, columns = np.arange(12.0).reshape(3, 4), columns_of("abc")
    for index in (None, pd.Index([3, 1, 4, 1], name="case")):
        made = frame_of(block, columns, index)
        wanted = pd.DataFrame(block.T, columns=columns, index=index)
        pd.testing.assert_frame_equal(made, wanted, check_index_type="exact", check_column_type="exact")
        assert type(made.index) is type(wanted.index) and np.shares_memory(made.to_numpy(), block)
    made.loc[:, "a"] = 7.0
    made["d"] = made["b"] + 1
    assert made.sum().tolist() == [28.0, 22.0, 38.0, 26.0]
