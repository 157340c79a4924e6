"""What goes wrong inside a decision is told at its author's own line, with the day and the batch."""

import inspect

import numpy as np
import pandas as pd
import pytest

import sim
from sim.decisions import POINTS
from sim.decisions.call import call
from sim.errors import DecisionError

BATCH = pd.DataFrame({"case_id": [1.0], "arrived_day": [0.5], "rent_gbp": [700.0]})


def where() -> str:
    return "on day 3, in the batch of 1 records of claims-triage"


def ask(decision, point="validate", given=(BATCH,)):
    return call(POINTS[point], decision, given, where)


def line_of(function, text: str) -> int:
    """Return the number of the line of this file that holds a text, within a function."""
    lines, first = inspect.getsourcelines(function)
    return next(first + i for i, line in enumerate(lines) if text in line)


def misspells(batch):
    wide = batch["rent_gpb"] < 3000
    return wide


def divides(batch):
    ratio = 1 / (len(batch) - 1)
    return batch["rent_gbp"] > ratio


def calls_a_helper(batch):
    return divides(batch)


def asks_a_library(batch):
    return np.linalg.inv(np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("decision", "inner", "line", "said"),
    [
        (misspells, misspells, 'batch["rent_gpb"]', "KeyError: 'rent_gpb'. Did you mean 'rent_gbp'?"),
        (divides, divides, "1 / (", "ZeroDivisionError: division by zero."),
        (calls_a_helper, divides, "1 / (", "ZeroDivisionError: division by zero."),
        (asks_a_library, asks_a_library, "linalg", "LinAlgError: Singular matrix."),
    ],
)
def test_an_error_is_told_at_the_authors_own_line(decision, inner, line, said, refused):
    message = refused(DecisionError, lambda: ask(decision))
    assert message.startswith("validate failed on day 3, in the batch of 1 records of claims-triage: ")
    number = line_of(inner, line)
    source = inspect.getsource(inner).splitlines()[number - inspect.getsourcelines(inner)[1]].strip()
    assert f"at line {number} of {inner.__name__}, `{source}`, it raised {said}" in message


def test_a_cell_of_a_notebook_is_quoted_from_its_source(refused):
    import linecache

    source = "def gate(batch):\n    return batch['rnt_gbp'] > 0\n"
    name = "<cell-in-3>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    space: dict = {}
    exec(compile(source, name, "exec"), space)
    message = refused(DecisionError, lambda: ask(space["gate"]))
    assert "at line 2 of gate, `return batch['rnt_gbp'] > 0`" in message and "Did you mean 'rent_gbp'?" in message


def test_the_cause_is_kept_for_whoever_wants_the_traceback():
    with pytest.raises(DecisionError) as caught:
        ask(divides)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_answer_is_refused_with_day_and_batch(refused):
    message = refused(DecisionError, lambda: ask(lambda batch: None))
    assert message.startswith("validate, on day 3, in the batch of 1 records of claims-triage: it returned None")


def test_a_right_answer_comes_back_in_the_engines_form():
    assert ask(lambda batch: batch["rent_gbp"] > 0).tolist() == [True]


class TestInARun:
    def test_a_gate_that_fails_on_a_later_day(self, quiet, refused):
        def gate(batch):
            if batch["arrived_day"].min() >= 40:
                raise RuntimeError("the fortieth day")
            return pd.Series(True, index=batch.index)

        world = quiet(1)
        late = refused(DecisionError, lambda: sim.simulate(world, sim.Playbook(validate=gate), instant=True))
        assert "on day 4" in late and "in the batch of" in late and "records of claims-triage" in late
        assert f'at line {line_of(gate, "raise")} of gate, `raise RuntimeError("the fortieth day")`' in late
        assert "it raised RuntimeError: the fortieth day." in late

    @pytest.mark.parametrize(
        ("point", "decision", "hint"),
        [
            ("repair", lambda batch: batch.drop(columns="rent_gbp"), "without the column 'rent_gbp'"),
            ("retrain", lambda signals: signals.no_such_thing, "no_such_thing"),
            ("decide", lambda scores, cases: scores > 0.5, "approve"),
            ("scale", lambda load: load.peak / 2, "float 2.0"),
            ("size", lambda usage: {"nobody": "m5.large"}, "no resource named 'nobody'"),
            ("watch_spend", lambda spend: spend.iloc[-1], "float"),
            ("forecast", lambda spend: spend.iloc[-1].item(), "quantiles 0.1, 0.5 and 0.9"),
            ("fund", lambda report: report.available_gbp, "dict of service to GBP"),
            ("watch_model", sim.monitor(lambda reference, recent: None, 1.0, every_days=28), "None"),
        ],
    )
    def test_every_point_tells_its_day(self, point, decision, hint, quiet, refused):
        playbook = sim.Playbook().replace(**{point: decision})
        message = refused(DecisionError, lambda: sim.simulate(quiet(1), playbook, instant=True))
        assert message.startswith(point) and "on day " in message and hint in message


def test_a_decision_that_leaves_python_is_reported_like_any_other():
    def leaves(signals):
        raise SystemExit(3)

    with pytest.raises(DecisionError, match="SystemExit"):
        call(POINTS["retrain"], leaves, (None,), lambda: "on day 3")
