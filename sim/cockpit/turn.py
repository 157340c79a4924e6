"""A turn of the game: what the board is told, and what may be decided next within the money and the people."""

from __future__ import annotations

from sim.calendar import HOURS_PER_WORKING_DAY
from sim.cockpit.levers import LEVERS, Choices, position
from sim.cockpit.observed import Figures, card, feed
from sim.programme import Programme
from sim.run import Run
from sim.scenario import Scenario
from sim.summary import money

WORKING_DAYS = 63
"""Working days of a quarter."""

PLANNABLE = 0.75
"""Share of people's time that may be promised to new practices; the rest is for what comes in between."""


def allowance(programme: Programme, run: Run | None = None) -> Figures:
    """Return what may be promised for the quarter about to be played.

    Parameters
    ----------
    programme : Programme
        Between two quarters.
    run : Run, optional
        The run so far; nothing has been played when left out.

    Returns
    -------
    dict
        ``gbp`` (free for new practices), ``runs_on_gbp`` (what the quarter costs anyway), ``handed_out_gbp``,
        ``days`` (free staff days by discipline; ``"integration"`` is everybody's), ``controlled`` and ``people``.
    """
    books, staff = programme.books, programme.scenario.staff
    money_gbp = books.plans[programme.quarter - 1].envelope.most_gbp
    runs_on = _runs_on_gbp(programme, run)
    days, people = {}, 0
    for team in staff.teams:
        filled = programme.organisation.paid(team)
        people += filled
        free = filled * team.share * WORKING_DAYS * PLANNABLE - _begun_days(programme, team.discipline)
        days[team.discipline] = days.get(team.discipline, 0.0) + max(free, 0.0)
    days["integration"] = sum(days.values())
    return {
        "gbp": max(money_gbp - runs_on, 0.0),
        "handed_out_gbp": money_gbp,
        "runs_on_gbp": runs_on,
        "days": days,
        "controlled": books.controlled,
        "people": people,
    }


def _runs_on_gbp(programme: Programme, run: Run | None) -> float:
    """Return what a quarter costs without new practices: as the last did, or pay alone where there was none."""
    if run is None:
        staff = programme.scenario.staff
        return sum(t.people * t.pay_gbp * t.share for t in staff.teams) * staff.on_cost / 4
    ledger = run.ledger[run.ledger["quarter"] == run.ledger["quarter"].max()]
    lasting = ledger[ledger["debit"].isin(("cloud", "salaries", "casework"))]
    back = ledger[ledger["credit"].isin(("cloud", "salaries", "casework"))]
    return float(lasting["pence"].sum() - back["pence"].sum()) / 100


def _begun_days(programme: Programme, discipline: str) -> float:
    """Return the staff days of work on practices that has been promised and is not done."""
    log = programme.log.frame()
    team = next(t.name for t in programme.scenario.staff.teams if t.discipline == discipline)
    left = log[log["kind"].str.startswith("take up") & log["finished_day"].isna() & (log["team"] == team)]
    return float(left["hours"].sum()) / HOURS_PER_WORKING_DAY


def bill(scenario: Scenario, before: Choices, after: Choices) -> Figures:
    """Return what changing from some choices to others takes.

    Parameters
    ----------
    scenario : Scenario
        For its scale of efforts.
    before, after : mapping of str to str
        Choices.

    Returns
    -------
    dict
        ``changed`` (decision points), ``gbp`` and ``days`` (by discipline); going back to the naive default is free,
        and what several services take up together is paid for once.
    """
    services = [s.name for s in scenario.services]
    changed, taken = [], []
    for name, lever in LEVERS.items():
        pairs = {(position(before, name, s).key, position(after, name, s).key) for s in services}
        wanted = {new for old, new in pairs if old != new}
        changed += [name] if wanted else []
        taken += [lever for new in wanted if not lever.option(new).naive]
    days: dict[str, float] = {}
    for lever in taken:
        discipline = lever.point.discipline
        days[discipline] = days.get(discipline, 0.0) + lever.staff_days(scenario)
    return {"changed": changed, "gbp": sum(lever.price_gbp(scenario) for lever in taken), "days": days}


def objections(scenario: Scenario, allowed: Figures, before: Choices, after: Choices) -> list[str]:
    """Say why a quarter's decisions cannot be carried out.

    Parameters
    ----------
    scenario : Scenario
        For its scale of efforts.
    allowed : dict
        As `allowance` returns it.
    before, after : mapping of str to str
        Choices in force or under way, and those wanted.

    Returns
    -------
    list of str
        Sentences; none when all is well.
    """
    asked, said = bill(scenario, before, after), []
    if asked["gbp"] > 0 and allowed["controlled"]:
        said.append("The programme is under spending controls: nothing new may be taken up until a quarter closes.")
    elif asked["gbp"] > allowed["gbp"]:
        said.append(
            f"These changes cost {money(asked['gbp'])}, and {money(allowed['gbp'])} of the quarter's money is free."
        )
    for discipline, days in asked["days"].items():
        free = allowed["days"].get(discipline, 0.0)
        if days > free:
            whose = "all teams together" if discipline == "integration" else f"the people of {discipline}"
            said.append(f"They take {days:.0f} days of work, and {whose} have {free:.0f} free this quarter.")
    total = sum(asked["days"].values())
    if not said and total > allowed["days"]["integration"]:
        said.append(
            f"They take {total:.0f} days of work in all, and there are {allowed['days']['integration']:.0f} free."
        )
    return said


def start(programme: Programme) -> Figures:
    """Return what is known as a game begins."""
    return {"quarter": 1, "allowance": allowance(programme)}


def paper(programme: Programme, run: Run, quarter: int) -> Figures:
    """Return the board paper of a quarter that has been played: only what people knew at its end.

    Parameters
    ----------
    programme : Programme
        At the quarter's end.
    run : Run
        So far.
    quarter : int
        Counted from 1.

    Returns
    -------
    dict
        ``quarter``, ``feed`` (rows), ``scorecard`` (rows, so far), ``allowance`` (None once it is over) and
        ``over`` (sentences that say why it has ended before its time; empty when it goes on).
    """
    since = programme.calendar.bounds[quarter - 1]
    over = endings(programme, run)
    allowed = None if programme.done or over else allowance(programme, run)
    return {
        "quarter": quarter,
        "feed": feed(run, hindsight=False, since=since),
        "scorecard": card(run),
        "allowance": allowed,
        "over": over,
    }


def endings(programme: Programme, run: Run) -> list[str]:
    """Say why a programme cannot go on; nothing where it can.

    It has ended when nobody is left to do any work, when no service has a model in use, or when so few people trust it
    that hardly anybody comes.
    """
    said, now = [], programme.env.now
    if sum(programme.organisation.paid(t) for t in programme.scenario.staff.teams) == 0:
        said.append("Everybody has left. With nobody to run the services, the board hands them to another department.")
    in_use = run.models[run.models["released_day"].notna() & ~(run.models["retired_day"] <= now)]
    if not len(in_use):
        said.append("No model is in use any more. The board closes the programme; people decide every case by hand.")
    uptake = run.daily[run.daily["day"] == run.daily["day"].max()]["uptake"]
    if len(uptake) and float(uptake.max()) < 0.05:
        said.append("Hardly anybody comes any more: trust in the services is gone, and the board closes them.")
    return said


def story(run: Figures, over: list[str]) -> list[str]:
    """Return the final report's sentences: why it ended if before its time, what came of it, and which targets.

    Parameters
    ----------
    run : dict
        ``quarters`` and ``end``, as for `sim.cockpit.charts.charts`.
    over : list of str
        As `endings` returns them.

    Returns
    -------
    list of str
    """
    end, count = run["end"], len(run["quarters"])
    rows = end["scorecard"]
    met = sum(row["met"] for row in rows)
    missed = [row["title"] for row in rows if not row["met"] and row["value"] is not None]
    named = f" Missed: {', '.join(missed[:6])}{' and others' if len(missed) > 6 else ''}." if missed else ""
    return [
        *over,
        f"Over {count} quarter{'' if count == 1 else 's'}, net public value came to {money(end['net'])}.",
        end["headline"],
        f"{met} of {len(rows)} targets were met.{named}",
    ]
