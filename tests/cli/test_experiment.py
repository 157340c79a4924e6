"""`trinity experiment`: each question is asked as it was typed, its table saved, and what makes no sense refused."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

import sim

OFFICE = "quiet-office"


@pytest.fixture
def kept(tmp_path_factory):
    return str(tmp_path_factory.mktemp("study") / "kept")


@pytest.fixture
def office(tmp_path_factory):
    """Return a file in which the office is open for one quarter: a question takes as many runs, but short ones."""
    path = tmp_path_factory.mktemp("scenario") / "office.yml"
    given = sim.load_scenario(OFFICE).replace(quarters=1).model_dump(mode="json")
    path.write_text(yaml.safe_dump(given))
    return str(path)


def test_replicate_shows_each_look(trinity, kept, office):
    done = trinity(
        "experiment", "replicate", office, "--half-width", "1e9", "--most", "10", "--against", "naive", "--folder", kept
    )
    assert done.exit_code == 0, done.output
    assert "net_public_value of naive" in done.output and "against naive" in done.output
    (look,) = (line for line in done.output.splitlines() if "yes" in line)
    assert look.split() == ["Net", "public", "value", "10", "£0", "£0", "£0", "£0", "yes"]


def test_shapley_of_disciplines_adds_up_in_the_saved_table(trinity, kept, office):
    done = trinity(
        "experiment", "shapley", office, "--playbook", "typical", "--seeds", "2", "--folder", kept, "--out", "s.csv"
    )
    assert done.exit_code == 0, done.output
    table = pd.read_csv("s.csv")
    assert {"dataops", "mlops", "finops"} == set(table["player"]) and "Saved in s.csv" in done.output
    again = trinity("experiment", "factorial", office, "--playbook", "typical", "--seeds", "2", "--folder", kept)
    assert again.exit_code == 0 and "dataops × mlops × finops" in again.output


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("factorial", OFFICE, "--playbook", "naive"), "decides everything as the naive one does"),
        (("sensitivity", OFFICE, "--parameter", "staff.on_cost=1.2"), "is not LOW:HIGH"),
        (("sensitivity", OFFICE, "--parameter", "staff.on_cos"), "Did you mean 'staff.on_cost'"),
        (("sensitivity", OFFICE, "--parameter", "staff.on_cost=1.2:1.5", "--samples", "5"), "power of two"),
        (("sensitivity", OFFICE, "--parameter", "staff.on_cost"), "how far it may plausibly lie, such as (1.08, 1.62)"),
        (("replicate", OFFICE, "--half-width", "0"), "half_width is 0"),
        (("forecast", "quiet-offic"), "Did you mean 'quiet-office'"),
    ],
)
def test_what_makes_no_sense_is_one_paragraph_and_code_2(trinity, words, hint):
    done = trinity("experiment", *words)
    assert done.exit_code == 2
    assert hint in done.stderr and "Traceback" not in done.output


@pytest.mark.parametrize("question", ["forecast", "factorial", "shapley"])
def test_a_measure_that_is_not_there_is_refused_before_any_run(trinity, question, monkeypatch):
    monkeypatch.setattr("sim.Programme.advance", None)
    done = trinity("experiment", question, OFFICE, "--measure", "luck", "--seeds", "10")
    assert done.exit_code == 2 and "There is no measure named 'luck'" in done.stderr
