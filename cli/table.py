"""How figures look on a terminal: scorecards and effects, with units, and with words where there is colour."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from pandas import DataFrame

NOT_MEASURED = "not measured"


HEADLINES = ("net_public_value", "accuracy_last_quarter", "equity_gap")
"""Measures that are shown for each service even in a short table."""


def shortened(frame: DataFrame) -> DataFrame:
    """Return the rows for all services together, and of each service the headlines alone.

    Parameters
    ----------
    frame : DataFrame
        A scorecard, or effects, with columns measure and service.

    Returns
    -------
    DataFrame
    """
    return frame[(frame["service"] == "all") | frame["measure"].isin(HEADLINES)]


def scorecard_table(scorecard: DataFrame, title: str) -> Table:
    """Lay out one scorecard, family by family.

    Parameters
    ----------
    scorecard : DataFrame
        As `Run.scorecard` gives it: measure, family, service, value, unit, target, met.
    title : str
        What stands above the table.

    Returns
    -------
    Table
        For rich to print.
    """
    table = _table(title, "Measure", ["Value", "Target"], "Target met?")
    for family, rows in scorecard.groupby("family", sort=False):
        _family(table, family)
        for row in rows.itertuples():
            table.add_row(_label(row), amount(row.value, _unit(row)), _target(row), _met(row.met))
    return table


def scorecards_table(scorecards: dict[str, DataFrame], title: str) -> Table:
    """Lay out the scorecards of several playbooks side by side.

    Parameters
    ----------
    scorecards : dict
        Scorecards by the playbook's name; the same measures in each.
    title : str
        What stands above the table.

    Returns
    -------
    Table
        For rich to print.
    """
    columns = [heading for name in scorecards for heading in (words(name), "Met?")]
    table = _table(title, "Measure", ["Target", *columns[:-1]], columns[-1])
    first, *_ = scorecards.values()
    indexed = [s.set_index(["measure", "service"]) for s in scorecards.values()]
    for family, rows in first.groupby("family", sort=False):
        _family(table, family)
        for row in rows.itertuples():
            cells = []
            for scorecard in indexed:
                there = scorecard.loc[(row.measure, row.service)]
                cells += [amount(there["value"], _unit(row)), _met(there["met"])]
            table.add_row(_label(row), _target(row), *cells)
    return table


def effects_table(effects: DataFrame, title: str) -> Table:
    """Lay out what each playbook changed against the baseline.

    Parameters
    ----------
    effects : DataFrame
        As `sim.compare` gives it: playbook, against, measure, family, service, unit, effect, low, high, seeds.
    title : str
        What stands above the table.

    Returns
    -------
    Table
        For rich to print.
    """
    table = _table(title, "Measure", ["Effect", "95 % interval"], "Is it more than chance?")
    for playbook, rows in effects.groupby("playbook", sort=False):
        _family(table, f"{playbook} against {rows['against'].iloc[0]}")
        for row in rows.itertuples():
            table.add_row(
                _label(row),
                change(row.effect, _unit(row)),
                interval(row.low, row.high, _unit(row)),
                verdict(row.effect, row.low, row.high, better(row.measure)),
            )
    return table


def found_table(found: DataFrame, title: str) -> Table:
    """Lay out what an experiment found: whatever columns it has, figures in the measure's own unit.

    Parameters
    ----------
    found : DataFrame
        Its columns value, low, high, mean and half_width are figures, of the row's unit where there is one.
    title : str
        What stands above the table.

    Returns
    -------
    Table
        For rich to print.
    """
    left_out = ("family", "service", "unit")
    names = [name for name in found.columns if name not in left_out]
    numbers = [name for name in names if found[name].dtype.kind in "fi"]
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(words(name), justify="right" if name in numbers else "left", overflow="fold")
    for row in found.itertuples():
        unit = _unit(row) if hasattr(row, "unit") else ""
        table.add_row(*[_cell(name, getattr(row, name), unit) for name in names])
    return table


def _cell(name: str, value: Any, unit: str) -> str:
    if name in ("value", "low", "high", "mean", "half_width"):
        return amount(value, unit)
    if name == "measure":
        return words(str(value))
    if isinstance(value, bool) or str(value) in ("True", "False"):
        return "yes" if str(value) == "True" else "no"
    return _parts(value, "")[0] if isinstance(value, float) else str(value)


def better(measure: str) -> str:
    """Return which way a measure improves: ``"higher"``, ``"lower"``, or nothing where the simulator does not say."""
    from sim.scorecard import MEASURES

    return MEASURES[measure].better if measure in MEASURES else ""


def verdict(effect: float, low: float, high: float, better: str) -> str:
    """Say in words whether an interval excludes zero.

    Parameters
    ----------
    effect, low, high : float
        The effect and the ends of its 95 % interval, in the measure's unit.
    better : str
        Which way the measure improves: ``"higher"``, ``"lower"`` or nothing.

    Returns
    -------
    str
        A few words.
    """
    if _missing(low) or _missing(high):
        return "unknown: no interval"
    if effect == low == high == 0:
        return "no difference at all"
    if low <= 0 <= high:
        return "unclear: includes zero"
    if not better:
        return "yes: excludes zero"
    return f"yes, {'better' if (low > 0) == (better == 'higher') else 'worse'}: excludes zero"


def amount(value: Any, unit: str) -> str:
    """Write a value with its unit, as precisely as a reader can use.

    Parameters
    ----------
    value : float
        The value; a missing one is said to be so.
    unit : str
        Unit as the simulator names it, such as ``GBP``, ``share`` or ``days``.

    Returns
    -------
    str
        For instance ``£12,300``, ``91.4 %`` or ``3.2 days``.
    """
    if _missing(value):
        return NOT_MEASURED
    figure, tail = _parts(float(value), unit)
    return f"{figure} {tail}".rstrip()


def change(value: Any, unit: str) -> str:
    """Write a difference with its sign and unit; that of two shares is in percentage points.

    Parameters
    ----------
    value : float
        The difference; a missing one is said to be so.
    unit : str
        Unit of the two values.

    Returns
    -------
    str
        For instance ``+£12,300`` or ``-1.2 points``.
    """
    if _missing(value):
        return NOT_MEASURED
    figure, tail = _parts(float(value), _points(unit))
    return f"{'+' if value > 0 else ''}{figure} {tail}".rstrip()


def interval(low: Any, high: Any, unit: str) -> str:
    """Write an interval of differences, with the unit once.

    Parameters
    ----------
    low, high : float
        Its ends; missing ones are said to be so.
    unit : str
        Unit of the two values that differ.

    Returns
    -------
    str
        For instance ``-1.2 to +0.4 points``.
    """
    if _missing(low) or _missing(high):
        return NOT_MEASURED
    figure, _ = _parts(float(low), _points(unit))
    return f"{'+' if low > 0 else ''}{figure} to {change(high, unit)}"


def words(name: str) -> str:
    """Write a measure's or playbook's name as a person would; the unit at its end stands with the figure."""
    if ":" in name:
        return name
    plain = re.sub("_(gbp|days|hours)$", "", name)
    return plain[:1].upper() + plain[1:].replace("_", " ")


def _points(unit: str) -> str:
    return unit.replace("share", "points", 1) if unit.split(" ")[0] == "share" else unit


def _parts(number: float, unit: str) -> tuple[str, str]:
    """Return the figure, and the part of the unit that follows it."""
    sign, size = "-" if number < 0 else "", abs(number)
    head, _, rest = unit.partition(" ")
    if head == "GBP":
        return f"{sign}£{size:,.0f}" if size >= 1000 or size == 0 else f"{sign}£{size:,.2f}", rest
    if head in ("share", "points"):
        return f"{sign}{size * 100:.1f}", unit.replace("share", "%", 1)
    return f"{sign}{_plain(size)}", unit


def _label(row: Any) -> str:
    return words(row.measure) if row.service in ("all", "") else f"{words(row.measure)}, {row.service}"


def _unit(row: Any) -> str:
    """Return the unit, without the part that the measure's own name says: cost per decision is in pounds."""
    return row.unit.partition(" per ")[0] if "_per_" in row.measure else row.unit


def _target(row: Any) -> str:
    if _missing(row.target):
        return "none"
    bound = {"higher": "at least ", "lower": "at most "}.get(better(row.measure), "")
    return bound + amount(row.target, _unit(row))


def _plain(size: float) -> str:
    if size == 0:
        return "0"
    digits = 0 if size >= 100 or size == int(size) else min(6, 2 - math.floor(math.log10(size)))
    return f"{size:,.{digits}f}"


def _missing(value: Any) -> bool:
    return value is None or value != value


def _met(met: Any) -> str:
    if not isinstance(met, bool) and str(met) not in ("True", "False"):
        return "no target"
    return "[green]met[/green]" if str(met) == "True" else "[red]missed[/red]"


def _family(table: Table, family: str) -> None:
    table.add_section()
    table.add_row(f"[bold]{words(str(family))}[/bold]")


def _table(title: str, first: str, numbers: list[str], last: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column(last, overflow="fold")
    return table
