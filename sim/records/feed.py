"""What happened, told day by day in words that a board reads without a glossary."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Protocol

import pandas as pd

from sim.records.practices import said
from sim.summary import money

COLUMNS = ("day", "date", "service", "kind", "text", "incident_id")
KINDS = ("incident", "model", "practice", "money", "people", "governance")

BEGAN: dict[str, str] = {
    "unit_change": "The {subject} began to send {units}",
    "silent_nulls": "The {subject} began to leave fields empty",
    "schema_change": "The {subject} changed its columns",
    "duplicate_load": "The {subject} began to deliver the same records twice",
    "late_feed": "The {subject} began to deliver an old extract",
    "outage": "The {subject} stopped",
    "poisoned_labels": "Outcomes began to be recorded wrongly",
    "runaway_job": "A job on {machine} ran away",
    "forgotten_machine": "Test machines beside {machine} were left running",
    "retry_storm": "Calls to {machine} began to be repeated over and over",
    "breach": "Somebody misused {machine} to copy records",
}
"""By kind of incident, how it begins."""

FINDERS: dict[str, str] = {
    "complaints": "by complaints",
    "contract": "by the data contract",
    "pipeline": "by the pipeline",
    "gate": "by the gate",
    "monitor": "by the monitor of the model",
    "data watch": "by the watch on the data",
    "spend watch": "by the watch on spend",
    "cost council": "by the cost council",
    "books": "when the books were closed",
    "somebody outside": "by somebody outside",
}


class Kept(Protocol):
    """What has frames by name: a `sim.Run`."""

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """The frames by name."""
        ...


def feed(run: Kept, hindsight: bool = True) -> pd.DataFrame:
    """Tell a run as a list of events in words.

    Parameters
    ----------
    run : Run
        Whole or so far.
    hindsight : bool
        Whether all is told that is known today: an incident from the day on which it began, found or not, with what it
        did. If not, only what people knew at the time: an incident from the day on which it was found, and none that
        nobody found.

    Returns
    -------
    DataFrame
        One row for each event, in order of day: day (from the start), date (missing for a run without a bill, which
        dates it), service (empty if it concerns all), kind (one of `KINDS`), text (one or two sentences), incident_id
        (empty unless it is an incident).
    """
    frames = run.frames
    start = first_date(frames["billing"])
    rows = [
        *_incidents(frames["incidents"], start, hindsight),
        *_practices(frames["journal"]),
        *_events(frames["journal"], start, hindsight),
    ]
    told = pd.DataFrame(rows, columns=["day", "service", "kind", "text", "incident_id"])
    told = told.sort_values("day", kind="stable", ignore_index=True)
    if start is None:
        told["date"] = pd.Series(pd.NaT, index=told.index, dtype="datetime64[s]")
    else:
        told["date"] = pd.Series([pd.Timestamp(_on(start, day)) for day in told["day"]], dtype="datetime64[s]")
    words = {name: "str" for name in ("service", "kind", "text", "incident_id")}
    return told[list(COLUMNS)].astype({"day": "float64", **words})


def first_date(billing: pd.DataFrame) -> date | None:
    """Return the date of a run's day 0 by its bill, or None if nothing was billed for a day."""
    daily = ((billing["ChargeCategory"] == "Usage") & billing["ChargeClass"].isna()).to_numpy(dtype=bool)
    if not daily.any():
        return None
    first = billing.iloc[int(daily.argmax())]
    return date.fromisoformat(str(first["ChargePeriodStart"])[:10]) - timedelta(days=int(first["x_Day"]))


def dated(day: float, start: date | None) -> str:
    """Return a day as people write it: ``"14 March 2027"``, or ``"day 347"`` where no date is known."""
    return f"day {int(day)}" if start is None else f"{_on(start, day):%d %B %Y}".lstrip("0")


def _on(start: date, day: float) -> date:
    return start + timedelta(days=int(day))


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _days(length: float) -> str:
    return _count(max(round(length), 1), "day")


def _incidents(incidents: pd.DataFrame, start: date | None, hindsight: bool) -> list[tuple]:
    rows = []
    for row in incidents.itertuples(index=False):
        begun = _began(row)
        found = row.detected_day == row.detected_day
        if hindsight:
            told = f"{begun}; {_ending(row, found)}.{_harm(row)}"
            rows.append((row.began_day, row.service, "incident", told, row.incident_id))
        elif found:
            how = f"{_after(row.detected_day - row.began_day)} {_finder(row.found_by)}"
            told = f"{begun} on {dated(row.began_day, start)}; found {how}{_mended(row, 'not mended yet')}."
            rows.append((row.detected_day, row.service, "incident", told, row.incident_id))
    return rows


def _began(row: Any) -> str:
    name = str(row.incident_id).rsplit("/", 2)[-2] if str(row.incident_id).count("/") > 1 else ""
    swap = re.fullmatch(r"(\w+)-for-(\w+)", name)
    units = f"{swap[1]} for {swap[2]}" if swap else "numbers in another unit"
    subject = str(row.subject)
    otherwise = f"{str(row.kind).replace('_', ' ').capitalize()} of {subject} began"
    return BEGAN.get(row.kind, otherwise).format(subject=subject.replace("-", " "), units=units, machine=subject)


def _after(length: float) -> str:
    return "at once" if length <= 0 else "the same day" if length < 1 else f"after {_days(length)}"


def _finder(by: str) -> str:
    return FINDERS.get(by, f"by {by}")


def _mended(row: Any, otherwise: str) -> str:
    if row.fixed_day != row.fixed_day:
        return f", {otherwise}"
    done = "those concerned told" if row.kind == "breach" else "mended"
    length = row.fixed_day - row.detected_day
    return f" and {done} {'the same day' if length < 1 else f'{_days(length)} later'}"


def _ending(row: Any, found: bool) -> str:
    if found:
        how = f"found {_after(row.detected_day - row.began_day)} {_finder(row.found_by)}"
        return how + _mended(row, "not mended by the end")
    if row.fixed_day == row.fixed_day:
        return f"nobody noticed, and it ended by itself after {_days(row.fixed_day - row.began_day)}"
    return "nobody has found it"


def _harm(row: Any) -> str:
    cost = f"cost {money(float(row.cost_gbp))}"
    people = int(row.cases_harmed)
    if people and row.kind == "breach":
        return f" {_count(people, 'person').replace('persons', 'people')} could be named; it {cost}."
    if people:
        return f" {_count(people, 'decision')} went wrong because of it; that {cost}."
    return f" It {cost}." if row.cost_gbp >= 0.5 else ""


def _practices(journal: pd.DataFrame) -> list[tuple]:
    """Tell what came into force, a row for each day and service."""
    rows = []
    taken = journal[journal["kind"].isin(("in force", "decided"))]
    for (day, service), events in taken.groupby([taken["day"].astype(int), "service"], sort=False):
        names = [said(point) for point in dict.fromkeys(events["subject"])]
        told = f"{' and '.join([', '.join(names[:-1])] * (len(names) > 1) + names[-1:])}"
        where = "" if not service or "," in service else f", for {service}"
        rows.append((float(day), "" if "," in service else service, "practice", f"In force: {told}{where}.", ""))
    return rows


Teller = Callable[[Any], str]

TOLD: dict[str, tuple[str, Teller]] = {
    "released": ("model", lambda e: f"Version {e.subject} of {e.service} came into use ({e.detail})."),
    "release stopped": ("model", lambda e: f"A release in {e.service} was stopped by a test ({e.detail})."),
    "shadow stopped": ("model", lambda e: f"Version {e.subject} of {e.service} was stopped in its shadow trial."),
    "canary stopped": ("model", lambda e: f"Version {e.subject} of {e.service} was stopped in its canary trial."),
    "not promoted": ("model", lambda e: f"Version {e.subject} of {e.service} was no better and was not promoted."),
    "release found bad": ("model", lambda e: f"Version {e.subject} of {e.service} turned out to be bad, {e.detail}."),
    "hotfixed": ("model", lambda e: f"Version {e.subject} of {e.service} was mended in use."),
    "rolled back": ("model", lambda e: f"Version {e.subject} of {e.service} was rolled back {e.detail}."),
    "roll-back abandoned": ("model", lambda e: f"There was nothing to roll {e.subject} of {e.service} back to."),
    "retraining abandoned": ("model", lambda e: f"A retraining in {e.service} was given up: {e.detail}."),
    "price change announced": ("money", lambda e: f"A price change was announced ({e.detail})."),
    "price changed": ("money", lambda e: f"The price change took effect ({e.detail})."),
    "spending controls": (
        "money",
        lambda e: f"Spending controls began, with {_pounds(e.detail)} spent in the quarter.",
    ),
    "spending controls lifted": ("money", lambda e: "Spending controls were lifted."),
    "contingency drawn": ("money", lambda e: f"{_pounds(e.detail)} of contingency was drawn."),
    "surrendered": ("money", lambda e: f"{_pounds(e.detail)} was not spent, and was surrendered."),
    "committed": ("money", lambda e: f"A commitment was bought ({e.detail.replace('GBP ', '£')})."),
    "commitment refused": ("money", lambda e: f"A commitment was refused ({e.detail})."),
    "waits for money": ("money", lambda e: f"Work on {e.subject or 'a practice'} had to wait for money."),
    "somebody left": ("people", lambda e: f"Somebody left the {e.subject} team."),
    "somebody joined": ("people", lambda e: f"Somebody joined the {e.subject} team."),
    "board's verdict": (
        "governance",
        lambda e: f"The board judged results and trust: next year's ceiling is multiplied by {e.detail.split()[0]}.",
    ),
    "refused by the board": ("governance", lambda e: f"The board refused {e.subject} of {e.service} ({e.detail})."),
    "impact assessed": ("governance", lambda e: f"The impact assessment of {e.service} was finished."),
}
"""By kind of event in the journal: kind in the feed, and how it is told."""

SINCE_KNOWN: dict[str, tuple[str, Teller]] = {
    "learnt wrong outcomes": ("model", lambda e: f"Version {e.detail} of {e.service} was trained on wrong outcomes."),
}
"""What nobody knew at the time."""


_DAY = re.compile(r"\bday (\d+(?:\.\d+)?)")


def _pounds(detail: str) -> str:
    found = re.match(r"-?\d+(?:\.\d+)?", detail)
    return money(float(found[0])) if found else detail


def _events(journal: pd.DataFrame, start: date | None, hindsight: bool) -> list[tuple]:
    known = TOLD | SINCE_KNOWN if hindsight else TOLD
    first = (journal["kind"] == "released") & (journal["subject"] == "v0")
    found = journal.loc[journal["kind"] == "finding", "cause"].value_counts()
    rows = []
    for event in journal[journal["kind"].isin((*known, "audit")) & ~first].itertuples(index=False):
        if event.kind == "audit":
            n = int(found.get(event.event_id, 0))
            kind, told = (
                "governance",
                f"An audit of {event.service} brought {_count(n, 'finding') if n else 'nothing up'}.",
            )
        else:
            kind, teller = known[event.kind]
            told = _DAY.sub(lambda day: dated(float(day[1]), start), teller(event))
        rows.append((event.day, event.service, kind, told, ""))
    return rows
