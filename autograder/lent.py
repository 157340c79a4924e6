"""What stands outside for a learner's function or estimator that stays in the jail, and is called through the line."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.bridge.values import TAG, Kept
from autograder.errors import BridgeError

Ask = Callable[[dict[str, Any]], Any]
METHODS = ("predict", "predict_proba")
MOST_TREES = 100_000
LARGEST = 1e100
"""Of a coefficient: beyond it a sum of finite numbers may be none."""


class Lent:
    """A thing of the learner's, by its number.

    Parameters
    ----------
    about : dict
        What the jail said of it. Nothing of it is trusted: it can only change what the learner's own answers are.
    ask : callable
        Sends a request to the jail and returns what comes back.
    forget : callable
        Told the number when nobody holds the thing any more.

    Attributes
    ----------
    kept : Kept
        Goes into the jail in its place.
    untouched : bool
        Whether nothing has been written in place of the three dots.
    """

    def __init__(self, about: dict[str, Any], ask: Ask, forget: Callable[[int], None]) -> None:
        self.kept = Kept(int(about["number"]))
        self.untouched = about.get("untouched") is True
        self.__name__ = str(about.get("name", ""))[:80]
        self._said = str(about.get("said", ""))[:200]
        self._ask, self._forget = ask, forget
        weakref.finalize(self, forget, self.kept.number)

    def __repr__(self) -> str:
        return self._said

    def __deepcopy__(self, memo: dict[int, Any]) -> Lent:
        """Return itself: what it stands for stays in the jail, and there is one of it."""
        return self


class LentFunction(Lent):
    """A function, or an object that can be called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it where it is.

        Raises
        ------
        LearnerError
            If it raises; in words.
        """
        return self._ask({"thing": self.kept.number, "args": list(args), "kwargs": kwargs})


class LentMemory(LentFunction):
    """A function that remembers, and can be had anew."""

    def fresh(self) -> Any:
        """Return one that has seen nothing yet."""
        return self._ask({"thing": self.kept.number, "method": "fresh", "args": []})


class LentEstimator(Lent):
    """A fitted estimator: it was fitted in the jail and stays there, and only its answers come out."""

    def __init__(self, about: dict[str, Any], ask: Ask, forget: Callable[[int], None]) -> None:
        super().__init__(about, ask, forget)
        methods = [name for name in METHODS if name in about["methods"]]
        for name in methods:
            setattr(self, name, _Method(self, name))
        if about.get("classes_") is not None:
            self.classes_ = np.asarray(about["classes_"])
        if about.get("feature_names_in_") is not None:
            self.feature_names_in_ = np.asarray(about["feature_names_in_"])
        if isinstance(about.get("n_features_in_"), (int, np.integer)):
            self.n_features_in_ = int(about["n_features_in_"])
        if isinstance(about.get("row_fits_"), (int, float, np.number)):
            self.row_fits_ = float(about["row_fits_"])
        trees = about.get("trees")
        if isinstance(trees, int) and 0 < trees < MOST_TREES:
            self.estimators_ = (None,) * trees
        folded = about.get("folded")
        if folded is not None and _sound(folded):
            self.folded_ = folded

    def ask(self, method: str, frame: Any) -> np.ndarray:
        """Return its answers for the rows of a frame."""
        return self._ask({"thing": self.kept.number, "method": method, "args": [frame]})


def _sound(folded: Any) -> bool:
    """Say whether a folded model is one line of algebra whose answers are numbers, whatever it is asked."""
    if not isinstance(folded, tuple) or len(folded) != 3 or not isinstance(folded[2], float):
        return False
    arrays = folded[:2]
    if not all(isinstance(part, np.ndarray) and part.dtype == float and part.ndim == 1 for part in arrays):
        return False
    largest = max(abs(folded[2]), *(float(np.max(np.abs(part), initial=0.0)) for part in arrays))
    return len(arrays[0]) == len(arrays[1]) and largest < LARGEST


class _Method:
    def __init__(self, of: LentEstimator, name: str) -> None:
        self._of, self._name = weakref.ref(of), name

    def __call__(self, frame: Any) -> Any:
        of = self._of()
        if of is None:
            raise BridgeError("An estimator was asked after it had been forgotten.")
        return of.ask(self._name, frame)


def lent(about: dict[str, Any], ask: Ask, forget: Callable[[int], None]) -> Lent:
    """Return what stands for a thing, by what the jail said of it."""
    if about.get("methods"):
        return LentEstimator(about, ask, forget)
    if about.get("callable") is not True:
        return Lent(about, ask, forget)
    return (LentMemory if about.get("fresh") is True else LentFunction)(about, ask, forget)


def referred(thing: Any) -> dict[str, Any] | None:
    """Return what goes into the jail in place of a lent thing; None if it is not lent."""
    return {TAG: "kept", "number": thing.kept.number} if isinstance(thing, Lent) else None
