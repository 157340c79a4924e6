"""Large arrays on ordinary pages.

NumPy asks the kernel for huge pages for arrays of 4 MB and more. On a virtual machine the first touch of such an array
was measured to take five times as long as on ordinary pages (34 against 7 ms for 14 MB), and a run touches its arrays
once.
"""

from __future__ import annotations

import mmap
from math import prod

import numpy as np
from numpy.typing import DTypeLike

HUGE = 4 * 1024 * 1024
"""Bytes from which NumPy asks for huge pages."""


def block(shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
    """Return a new array of zeros.

    Parameters
    ----------
    shape : tuple of int
        Of the array.
    dtype : dtype
        Of its elements.

    Returns
    -------
    ndarray
        Writable, C-contiguous.
    """
    size = prod(shape) * np.dtype(dtype).itemsize
    if size < HUGE:
        return np.zeros(shape, dtype=dtype)
    return np.frombuffer(mmap.mmap(-1, size), dtype=dtype).reshape(shape)
