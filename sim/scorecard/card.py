"""The scorecard: every measure that applies, service by service, over a run or quarter by quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.scorecard.evidence import Evidence
from sim.scorecard.measures import MEASURES, PER_SERVICE


def scorecard(frames: Mapping[str, pd.DataFrame], targets: Mapping[str, float]) -> pd.DataFrame:
    """Measure a run.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.
    targets : mapping of str to float
        Targets by measure, where they differ from the usual ones.

    Returns
    -------
    DataFrame
        Columns measure, family, service (``"all"``, then each service if there are several), value, unit, target,
        met. What could not be measured is not met; what makes no sense for a service has no row.
    """
    rows = []
    for service, evidence, names in _evidence(frames):
        for name in names:
            measure = MEASURES[name]
            value, target = measure.of(evidence), float(targets.get(name, measure.target))
            met = value >= target if measure.better == "higher" else value <= target
            rows.append((name, measure.family, service, value, measure.unit, target, bool(met)))
    columns = ["measure", "family", "service", "value", "unit", "target", "met"]
    return pd.DataFrame(rows, columns=columns)


def quarterly(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Measure each quarter of a run.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.

    Returns
    -------
    DataFrame
        Columns quarter, service, family, measure, value, unit.
    """
    day, quarter = frames["daily"]["day"].to_numpy(), frames["daily"]["quarter"].to_numpy()
    rows = []
    for service, evidence, names in _evidence(frames):
        for q in np.unique(quarter):
            days = day[quarter == q]
            evidence.span(int(days.min()), int(days.max()) + 1)
            for name in names:
                measure = MEASURES[name]
                rows.append((int(q), service, measure.family, name, measure.of(evidence), measure.unit))
    return pd.DataFrame(rows, columns=["quarter", "service", "family", "measure", "value", "unit"])


def _evidence(frames: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, Evidence, list[str]]]:
    """Yield all services together, then each if there are several, with its records and the measures that apply."""
    services = list(dict.fromkeys(frames["daily"]["service"]))
    for service in ["all", *(services if len(services) > 1 else [])]:
        evidence = Evidence(frames, service)
        names = MEASURES if service == "all" else PER_SERVICE
        yield service, evidence, [n for n in names if MEASURES[n].applies(evidence)]
