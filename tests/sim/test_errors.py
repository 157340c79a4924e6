"""A refusal is one paragraph, and survives being passed on."""

import pickle

import pytest

import sim.errors as errors
from sim.errors import TrinityError, nearest, unknown

KINDS = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, TrinityError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_rebuilt_from_its_one_argument(kind):
    error = kind("what, and what would do.")
    again = type(error)(*error.args)
    assert str(again) == str(error) == "what, and what would do."
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert error._render_traceback_() == [f"{kind.__name__}: what, and what would do."]


def test_the_nearest_is_named_only_when_it_is_near():
    assert nearest("retrian", ["retrain", "repair"]) == " Did you mean 'retrain'?"
    assert nearest("xyz", ["retrain", "repair"]) == ""
    assert nearest(5, ["retrain"]) == ""


def test_what_is_unknown_is_listed_in_order():
    said = unknown("account", "cahs", ("cloud", "cash"))
    assert said == "There is no account named 'cahs'. Allowed: cash, cloud. Did you mean 'cash'?"
