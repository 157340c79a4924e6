"""The board paper: one page that stands by itself, on a screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from sim.errors import ReportError, StorageError
from sim.plots import incidents, outcome, quality, queues, spend, waterfall
from sim.plots.costs import by_category
from sim.plots.theme import svg, variables
from sim.plots.units import worded
from sim.records.feed import dated, first_date
from sim.report.advice import advise
from sim.report.pdf import printed
from sim.run import Run
from sim.summary import money, quantity

TILES = ("net_public_value", "accuracy_last_quarter", "equity_gap", "spend_gbp", "trust", "availability")
MOST_EVENTS = 40


@dataclass(frozen=True)
class Picture:
    """A figure on the page: what is said below it, and its SVG."""

    caption: str
    drawn: Markup


def report(run: Run, path: str | Path, against: Run | None = None) -> Path:
    """Write a run's board paper; see `sim.Run.report`."""
    target = Path(path).expanduser()
    ending = target.suffix.lower()
    if ending not in (".html", ".htm", ".pdf"):
        raise ReportError(
            f"path is {target.name!r}, but a board paper ends in .html or .pdf. Try "
            f"{target.with_suffix('.html').name!r}."
        )
    page = html(run, against)
    content = printed(page) if ending == ".pdf" else page.encode("utf-8")
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"{target} could not be written: {problem.strerror}. Name a file in a folder of yours."
        ) from None
    return target


def html(run: Run, against: Run | None = None) -> str:
    """Return a run's board paper as a page.

    Parameters
    ----------
    run : Run
        Of a week or more.
    against : Run, optional
        A run of the same length to compare with.

    Returns
    -------
    str
        HTML that needs no other file; every text in it that comes from a scenario is escaped.

    Raises
    ------
    ReportError
        If the run has not lasted a week, or the other is of another length.
    """
    if run.days < 7 or run.daily["day"].nunique() < 7:
        raise ReportError(f"The run has lasted {run.days} days, but a board paper needs at least 7. Step it first.")
    if against is not None and against.days != run.days:
        raise ReportError(f"against lasted {against.days} days and the run {run.days}; compare runs of one length.")
    card, start = run.scorecard(), first_date(run.billing)
    whole = card[card["service"] == "all"]
    other = None if against is None else _values(against)
    opened = run.journal[run.journal["kind"] == "opened"]["detail"]
    head = run.headline()
    return _template().render(
        title=opened.iloc[0] if len(opened) else run.scenario,
        run=run,
        same_world=against is None or (against.scenario, against.seed) == (run.scenario, run.seed),
        against=against,
        first=dated(0, start),
        last=dated(run.days - 1, start),
        summary=_summary(run),
        verdict=str(head).replace('_', ' '),
        counts=head.counts,
        tiles=[_line(row, other) for row in whole.set_index("measure", drop=False).reindex(TILES).dropna(
            subset=["measure"]).itertuples(index=False)],
        families=[(family, [_line(row, other) for row in rows.itertuples(index=False)])
                  for family, rows in whole.groupby("family", sort=False)],
        floors=[_floor(row, card) for row in head.floors.itertuples(index=False)],
        costs=_costs(run, against),
        trust=_trust(run),
        events=_events(run),
        advice=advise(run),
        pictures=_pictures(run, against),
        css=Markup((Path(__file__).parent / "board.css").read_text(encoding="utf-8")),
        light=Markup(variables("light")),
        dark=Markup(variables("dark")),
    )  # fmt: skip


@cache
def _template() -> object:
    shelf = Environment(
        loader=PackageLoader("sim.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    shelf.filters["money"] = money
    return shelf.get_template("board.html")


def _summary(run: Run) -> str:
    """Return the run's summary as a paragraph, without the names of measures, which the tables have."""
    lines = run.summary().split("\n")[1:-1]
    return " ".join(line.split(" Missed: ")[0] for line in lines)


def _values(run: Run) -> dict[str, float]:
    card = run.scorecard()
    return card[card["service"] == "all"].set_index("measure")["value"].to_dict()


def _line(row: object, other: dict[str, float] | None) -> dict[str, object]:
    there = pd.notna(row.value)
    return {
        "measure": worded(row.measure).removesuffix(" days").removesuffix(" hours"),
        "value": quantity(row.value, row.unit) if there else "not measured",
        "target": quantity(row.target, row.unit) if pd.notna(row.target) else "none",
        "state": "met" if row.met else "missed" if there else "not measured",
        "other": None if other is None else quantity(other.get(row.measure, float("nan")), row.unit),
    }


def _floor(row: object, card: pd.DataFrame) -> dict[str, object]:
    unit = str(card.loc[card["measure"] == row.measure, "unit"].iloc[0])
    return {
        "measure": worded(row.measure), "service": "the programme" if row.service == "all" else row.service,
        "value": quantity(row.value, unit) if pd.notna(row.value) else "not measured",
        "floor": quantity(row.floor, unit), "state": "kept" if row.met else "broken",
    }  # fmt: skip


def _costs(run: Run, against: Run | None) -> dict[str, object]:
    ours = by_category(run.ledger)
    theirs = None if against is None else by_category(against.ledger)
    total = float(ours.sum())
    rows = [
        {"name": name, "gbp": money(gbp), "share": f"{gbp / total:.1%}" if total else "none",
         "other": None if theirs is None else money(theirs[name])}
        for name, gbp in ours.items()
    ]  # fmt: skip
    return {"rows": rows, "total": money(total), "other": None if theirs is None else money(float(theirs.sum()))}


def _trust(run: Run) -> dict[str, object]:
    last = run.daily.groupby(["service", "quarter"], sort=False)[["trust", "uptake"]].last().reset_index()
    quarters = sorted(last["quarter"].unique())
    table = last.pivot(index="service", columns="quarter", values="trust")
    stayed = int(run.daily["stayed_away"].sum())
    return {
        "quarters": [int(q) for q in quarters],
        "rows": [(name, [f"{value:.0%}" if pd.notna(value) else "none" for value in row]) for name, row in
                 zip(table.index, table.to_numpy(), strict=True)],
        "stayed": f"{stayed:,}",
    }  # fmt: skip


def _events(run: Run) -> dict[str, object]:
    told = run.feed()
    start = first_date(run.billing)
    wrong = told[told["kind"] == "incident"]
    rest = told[~told["kind"].isin(("incident", "practice"))]
    pick = rest.tail(MOST_EVENTS)
    lines = [[{"date": dated(row.day, start), "service": row.service or "programme", "text": row.text}
              for row in part.itertuples(index=False)] for part in (wrong, pick)]  # fmt: skip
    found = int(run.incidents["detected_day"].notna().sum())
    return {
        "incidents": lines[0], "others": lines[1], "left_out": len(rest) - len(pick), "found": found,
        "cost": money(float(run.incidents["cost_gbp"].sum())),
        "harmed": f"{int(run.incidents['cases_harmed'].sum()):,}",
    }  # fmt: skip


def _pictures(run: Run, against: Run | None) -> dict[str, Picture]:
    names = ("before", "this run")
    drawn: dict[str, tuple[str, Figure]] = {
        "incidents": ("Every incident: hatched while nobody knew, plain until it was mended.", incidents.figure(run)),
        "service": ("What each service has cost: people, casework and the cloud.", spend.by_service(run.ledger)),
        "queues": ("Work that waits, and how long it takes.", queues.figure(run)),
    }
    if len(run.quality):
        drawn["quality"] = ("Checks that delivered records passed.", quality.figure(run))
    if against is not None:
        drawn["outcome"] = ("The run beside the one that it is compared with.", outcome.figure(against, run, names))
        drawn["waterfall"] = ("From the one cost to the other.", waterfall.figure(against, run, names))
    else:
        drawn["outcome"] = ("Accuracy, incidents, value and spend over time.", outcome.alone(run))
    return {name: Picture(caption, Markup(svg(figure, name))) for name, (caption, figure) in drawn.items()}
