"""The share of cloud cost shown to the wrong service, where a month of credits makes the whole come to nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.scorecard.allocation import allocation_error


def shown(allocated: list[float], caused: list[float]) -> float:
    """Return the error of two services over two months, service by service within each month."""
    columns = {"month": [1, 1, 2, 2], "place": [0, 1, 0, 1], "allocated_gbp": allocated, "cloud_gbp": caused}
    columns = {name: np.array(values) for name, values in columns.items()}
    return allocation_error(SimpleNamespace(column=columns.__getitem__, daily=columns))


@pytest.mark.parametrize(
    ("allocated", "caused", "error"),
    [
        ([50, 50, 50, 50], [80, 20, 80, 20], 0.3),
        ([80, 20, 80, 20], [80, 20, 80, 20], 0.0),
        ([50, 50, -50, -50], [100, 0, -100, 0], 0.5),
        ([100, 0, -100, 0], [0, 100, 0, -100], 1.0),
    ],
    ids=["a part", "none", "credits", "all of it"],
)
def test_it_is_a_share_whatever_is_given_back(allocated, caused, error):
    assert shown(allocated, caused) == pytest.approx(error)
