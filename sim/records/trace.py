"""The trace of an incident: in records, the whole way from shock to harm to repair."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sim.errors import RunError, nearest

COLUMNS = ("event_id", "day", "what", "who", "detail", "records", "wrong_decisions", "gbp", "cause")

_COUNTS = re.compile(r"(\d+) records, (\d+) wrong decisions, (\d+\.\d\d) GBP")


def counts(records: int, wrong: int, gbp: float) -> str:
    """Return the detail of an event by which an incident touches records, as `trace` reads it.

    Parameters
    ----------
    records, wrong : int
        Records touched, and decisions that went wrong because of it.
    gbp : float
        What that cost, GBP of public value; zero or more.

    Returns
    -------
    str
        In words.
    """
    return f"{records} records, {wrong} wrong decisions, {gbp:.2f} GBP"


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """One incident, told in records.

    Attributes
    ----------
    incident_id, kind, subject, service : str
        Which incident, of what sort, and what it befell.
    steps : DataFrame
        One row for each event and each piece of work, in order of day: event_id (missing for work), day, what, who,
        detail, records, wrong_decisions, gbp, cause (the event that led to it; missing for the first).
    wrong_decisions : int
        All that went wrong because of it.
    gbp : float
        All that it cost.
    """

    incident_id: str
    kind: str
    subject: str
    service: str
    steps: pd.DataFrame
    wrong_decisions: int
    gbp: float

    @property
    def work(self) -> pd.DataFrame:
        """The steps that are people's work."""
        return self.steps[self.steps["event_id"].isna()]

    def _lines(self) -> list[tuple[str, str, str, str]]:
        """Return day, what, who and detail; nights of the same kind, one after the other, in one line."""
        lines: list[tuple[str, str, str, str]] = []
        for (what, _), steps in self._runs():
            first, last = steps.iloc[0], steps.iloc[-1]
            day = f"{first['day']:.1f}" if len(steps) == 1 else f"{first['day']:.1f} to {last['day']:.1f}"
            detail = str(first["detail"])
            if first["records"] is not pd.NA and len(steps) > 1:
                detail = f"{len(steps)} nights: {_said(steps)}"
            elif first["records"] is not pd.NA:
                detail = _said(steps)
            lines.append((day, str(what), str(first["who"]), detail))
        return lines

    def _runs(self) -> list[tuple[tuple[str, int], pd.DataFrame]]:
        counted = self.steps["records"].notna()
        new = (self.steps["what"] != self.steps["what"].shift()) | ~counted
        return [((steps["what"].iloc[0], int(k)), steps) for k, steps in self.steps.groupby(new.cumsum())]

    def _title(self) -> str:
        return (
            f"{self.incident_id}: {self.kind} of {self.subject}, {self.wrong_decisions:,} wrong decisions, "
            f"£{self.gbp:,.0f}"
        )

    def __str__(self) -> str:
        lines = self._lines()
        width = [max(len(line[k]) for line in lines) for k in range(3)]
        body = [f"day {d:<{width[0]}}  {what:<{width[1]}}  {who:<{width[2]}}  {how}" for d, what, who, how in lines]
        return "\n".join([self._title(), *(line.rstrip() for line in body)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col'>{name}</th>" for name in ("Day", "What", "Who", "Detail"))
        body = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in line) + "</tr>"
            for line in self._lines()
        )
        caption = f"<caption style='text-align:left;font-weight:bold'>{html.escape(self._title())}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def trace(frames: Mapping[str, pd.DataFrame], incident_id: str) -> Trace:
    """Follow an incident through a run's records.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's ``incidents``, ``journal`` and ``people``.
    incident_id : str
        As in ``incidents``.

    Returns
    -------
    Trace
        Every event about the incident, every event that these led to by the journal's causes, and the work that any of
        them called for.

    Raises
    ------
    RunError
        If there is no such incident in the run.
    """
    incidents, journal, people = frames["incidents"], frames["journal"], frames["people"]
    mine = incidents[incidents["incident_id"] == incident_id]
    if not len(mine):
        raise RunError(
            f"There is no incident named {incident_id!r} in this run, which had {len(incidents)}; its incidents frame "
            f"lists them.{nearest(incident_id, incidents['incident_id'])}"
        )
    incident = mine.iloc[0]
    reached = _reached(journal, incident_id)
    events = journal[journal["event_id"].isin(reached)]
    steps = pd.concat([_events(events), _work(people[people["cause"].isin(reached)])], ignore_index=True)
    if not incident["service"]:
        ended = steps.index[steps["what"] == f"{incident['kind']} ended"]
        steps.loc[ended, "gbp"] = float(incident["cost_gbp"])
    return Trace(
        incident_id,
        str(incident["kind"]),
        str(incident["subject"]),
        str(incident["service"]),
        steps.sort_values("day", kind="stable", ignore_index=True),
        int(incident["cases_harmed"]),
        float(incident["cost_gbp"]),
    )


def _reached(journal: pd.DataFrame, incident_id: str) -> set[int]:
    """Return the events about an incident, and all that they led to; a cause comes before its effects."""
    about = journal["subject"].to_numpy() == incident_id
    reached: set[int] = set()
    for event, cause, named in zip(journal["event_id"], journal["cause"].fillna(-1), about, strict=True):
        if named or cause in reached:
            reached.add(int(event))
    return reached


def _events(events: pd.DataFrame) -> pd.DataFrame:
    counted = events["detail"].str.extract(_COUNTS)
    found = events["detail"].str.extract(r"^found by (.+)$")[0]
    return _steps(
        event_id=events["event_id"],
        day=events["day"],
        what=events["kind"],
        who=found.where(found.notna(), events["service"]),
        detail=events["detail"],
        records=pd.to_numeric(counted[0]).astype("Int64"),
        wrong_decisions=pd.to_numeric(counted[1]).astype("Int64"),
        gbp=pd.to_numeric(counted[2]).astype("float64"),
        cause=events["cause"],
    )


def _work(people: pd.DataFrame) -> pd.DataFrame:
    begun = people["started_day"].notna()
    done = people["finished_day"]
    until = done.map(lambda day: f", done on day {day:.1f}" if day == day else ", not done")
    return _steps(
        event_id=pd.Series(pd.NA, index=people.index, dtype="Int64"),
        day=people["started_day"].where(begun, people["queued_day"]),
        what=people["kind"],
        who=people["team"] + " team",
        detail=people["hours"].map(lambda hours: f"{hours:.1f} hours of work") + until,
        records=pd.Series(pd.NA, index=people.index, dtype="Int64"),
        wrong_decisions=pd.Series(pd.NA, index=people.index, dtype="Int64"),
        gbp=pd.Series(float("nan"), index=people.index),
        cause=people["cause"],
    )


def _steps(**columns: pd.Series) -> pd.DataFrame:
    types = ("Int64", "float64", "str", "str", "str", "Int64", "Int64", "float64", "Int64")
    return pd.DataFrame(columns)[list(COLUMNS)].astype(dict(zip(COLUMNS, types, strict=True)))


def _said(steps: pd.DataFrame) -> str:
    return (
        f"{steps['records'].sum():,} records, {steps['wrong_decisions'].sum():,} wrong decisions, "
        f"£{steps['gbp'].sum():,.0f}"
    )
