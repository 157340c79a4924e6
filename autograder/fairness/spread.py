"""How far marks hang on the worlds that a learner has been given, and not on the work."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

NOISY = 0.1
"""Standard deviation of one submission's mark over learners, as a share of the task's points: above it, too noisy."""

MODEL = "model"
WHOLE = "all tasks"
"""Stands for a module's tasks together."""


def with_whole(marks: pd.DataFrame) -> pd.DataFrame:
    """Return marks with a row for all tasks together beside each learner's and submission's own, and with shares.

    Parameters
    ----------
    marks : DataFrame
        As from `autograder.fairness.trial.trial`.

    Returns
    -------
    DataFrame
        The same columns and share, points over of.
    """
    whole = marks.groupby(["learner", "submission"], sort=False)[["points", "of"]].sum().reset_index()
    both = pd.concat([marks, whole.assign(task=WHOLE)], ignore_index=True)
    return both.assign(share=both["points"] / both["of"])


def spread(marks: pd.DataFrame) -> pd.DataFrame:
    """Return each submission's marks over learners.

    Parameters
    ----------
    marks : DataFrame
        As from `autograder.fairness.trial.trial`.

    Returns
    -------
    DataFrame
        Columns task, submission, learners, mean, sd, low and high, shares of the task's points.
    """
    groups = with_whole(marks).groupby(["task", "submission"], sort=False)["share"]
    table = groups.agg(learners="size", mean="mean", sd=lambda x: x.std(ddof=1), low="min", high="max")
    return table.fillna({"sd": 0.0}).reset_index()


def verdict(marks: pd.DataFrame) -> pd.DataFrame:
    """Return, for each task, whether its marks can be relied on.

    Parameters
    ----------
    marks : DataFrame
        As from `autograder.fairness.trial.trial`, of two learners or more and the same submissions of each.

    Returns
    -------
    DataFrame
        Columns task; world_share, the share of the variance of marks that is not the submissions' own; worst and
        worst_sd, the submission whose mark varies most, and its standard deviation as a share of the points;
        model_low, the least that the model answer earned; rank, the mean correlation of the submissions' order on one
        learner's worlds with their order on all the others' (NaN where they cannot be told apart); and noisy.
    """
    marks, rows = with_whole(marks), []
    for task, of in marks.groupby("task", sort=False):
        table = of.pivot(index="learner", columns="submission", values="share")
        sd = table.std(ddof=1)
        rows.append(
            {
                "task": task,
                "world_share": world_share(table.to_numpy()),
                "worst": sd.idxmax(),
                "worst_sd": float(sd.max()),
                "model_low": float(table[MODEL].min()) if MODEL in table else float("nan"),
                "rank": rank_stability(table.to_numpy()),
                "noisy": bool(sd.max() > NOISY),
            }
        )
    return pd.DataFrame(rows)


def world_share(table: np.ndarray) -> float:
    """Return the share of the variance of marks within submissions, over that of all.

    Parameters
    ----------
    table : ndarray of float, shape (learners, submissions)
        Marks.

    Returns
    -------
    float
        From 0, the mark says all of the work, to 1, nothing; 0 where every mark is the same.
    """
    whole = float(((table - table.mean()) ** 2).sum())
    return float(((table - table.mean(axis=0)) ** 2).sum()) / whole if whole > 0 else 0.0


def rank_stability(table: np.ndarray) -> float:
    """Return the mean Spearman correlation of the order on one learner's worlds with that of the others' means.

    Parameters
    ----------
    table : ndarray of float, shape (learners, submissions)
        Marks.

    Returns
    -------
    float
        1 where every learner's worlds put the submissions into the same order; NaN where there is no order.
    """
    if len(table) < 2:
        return float("nan")
    found = []
    for row in range(len(table)):
        here, others = (rankdata(np.round(v, 6)) for v in (table[row], np.delete(table, row, axis=0).mean(axis=0)))
        if np.ptp(here) > 0 and np.ptp(others) > 0:
            found.append(float(np.corrcoef(here, others)[0, 1]))
    return float(np.mean(found)) if found else float("nan")


def sentences(marks: pd.DataFrame) -> list[str]:
    """Say in words what a trial found: the model's marks, what is noisy, and how far the order holds.

    Parameters
    ----------
    marks : DataFrame
        As from `autograder.fairness.trial.trial`.

    Returns
    -------
    list of str
    """
    table, found = verdict(marks), marks["learner"].nunique()
    whole = table[table["task"] == WHOLE].iloc[0]
    single = table[table["task"] != WHOLE]
    short = single[single["model_low"] < 1]
    noisy = single[single["noisy"]]
    said = [
        f"On {found} learners' worlds, {whole['world_share']:.1%} of the variance of marks over all tasks comes from "
        "the worlds, and the rest from the work.",
        "The model answer earns every point on all of them."
        if short.empty
        else "The model answer does not earn every point: "
        + ", ".join(f"{row.task} down to {row.model_low:.0%}" for row in short.itertuples())
        + ".",
        f"No task is too noisy: no submission's mark has a standard deviation above {NOISY:.0%} of the points."
        if noisy.empty
        else f"Too noisy, with a standard deviation above {NOISY:.0%} of the points: "
        + ", ".join(f"{row.task} ({row.worst}: {row.worst_sd:.0%})" for row in noisy.itertuples())
        + ".",
    ]
    if not np.isnan(whole["rank"]):
        said.append(
            f"The order of the submissions agrees with that on others' worlds to {whole['rank']:.2f} (1: always)."
        )
    return said
