"""What became of each version of a service's model: in use, retired, rolled back, or never released and why."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.run import Run

STOPPED = (
    "release stopped",
    "not promoted",
    "refused by the board",
    "shadow stopped",
    "canary stopped",
    "release looked into",
)
"""What the journal says of a candidate that may never come into use."""


@dataclass(frozen=True)
class Fate:
    """What had become of a version when the run ended.

    Attributes
    ----------
    status : str
        ``"in use"``, ``"retired"``, ``"rolled back"`` (which is how it was last retired) or ``"never released"``.
    why : str
        What stopped it; empty where nothing did, as where its release was still under way.
    stopped_day : float
        When; NaN where nothing did.
    """

    status: str
    why: str = ""
    stopped_day: float = math.nan


def fates(run: Run, service: str) -> dict[str, Fate]:
    """Return what became of each version, by version.

    Parameters
    ----------
    run : Run
        Its models and its journal.
    service : str
        One of its services.

    Returns
    -------
    dict of str to Fate
        In order of training.
    """
    journal, models = (frame[frame["service"] == service] for frame in (run.journal, run.models))
    stops = journal[journal["kind"].isin(STOPPED)].drop_duplicates("subject", keep="last").set_index("subject")
    back = journal[journal["kind"] == "rolled back"]
    taken_back = set(zip(back["subject"], back["day"], strict=True))
    told = {}
    for version, released, retired in zip(
        *(models[c] for c in ("version", "released_day", "retired_day")), strict=True
    ):
        if math.isfinite(released):
            ended = "rolled back" if (version, retired) in taken_back else "retired"
            told[version] = Fate(ended if math.isfinite(retired) else "in use")
        elif version in stops.index:
            stop = stops.loc[version]
            why = f"{stop['kind']}, {stop['detail']}" if stop["detail"] else str(stop["kind"])
            told[version] = Fate("never released", why, float(stop["day"]))
        else:
            told[version] = Fate("never released")
    return told
