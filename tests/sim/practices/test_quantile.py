"""The practices' quantiles are NumPy's own."""

import numpy as np
import pytest

from sim.practices.quantile import medians, quantiles


@pytest.mark.filterwarnings("ignore:All-NaN slice")
@pytest.mark.parametrize("missing", [0.0, 0.1, 0.95])
@pytest.mark.parametrize("n", [1, 2, 7, 400])
def test_they_are_those_of_numpy_to_the_last_bit(n, missing):
    rng = np.random.default_rng(n)
    for shares in (np.array([0.25, 0.5, 0.75]), np.arange(1, 10) / 10, np.array([0.0, 0.05, 1.0])):
        values = rng.lognormal(3, 1, (6, n))
        values[:3] = np.round(values[:3])
        values[rng.random(values.shape) < missing] = np.nan
        wanted = np.nanquantile(values, shares, axis=1)
        assert np.array_equal(quantiles(values, shares), wanted, equal_nan=True)
        assert np.array_equal(medians(values), np.nanmedian(values, axis=1), equal_nan=True)


def test_nothing_has_no_quantiles():
    assert np.isnan(quantiles(np.empty((3, 0)), np.array([0.5]))).all()
    assert np.isnan(medians(np.empty((3, 0)))).all()
