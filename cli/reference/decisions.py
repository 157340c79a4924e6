"""The page of decision points, from their own descriptions."""

from __future__ import annotations

from cli.reference.table import shown, table
from sim.decisions import POINTS, DecisionPoint
from sim.decisions.point import name_of
from sim.practices import reference, typical

DISCIPLINES = {"dataops": "DataOps", "mlops": "MLOps", "finops": "FinOps", "integration": "Integration"}

INTRODUCTION = """\
Made from the code by `make reference`; do not edit. A playbook has {count} decisions. Each is a function that is \
asked again and again, or a choice made once. *Given* is all that a decision is told: never the truth, a defect's \
mark, or an outcome before it is known. *Effort* is what it takes to take up anything but the naive default, at \
`staff.effort_scale` 1: work of the team of that discipline (all teams take turns for integration), and money of the \
category named. `sim.check_decision(name, fn)` tries one on recorded examples."""


def page() -> str:
    """Return the page, in Markdown."""
    told = [
        "# Decision points",
        INTRODUCTION.format(count=len(POINTS)),
        "`sim.practices.typical()` is naive but for " + _differences() + ".",
    ]
    for discipline, title in DISCIPLINES.items():
        told.append(f"## {title}")
        told += [_section(point) for point in POINTS.values() if point.discipline == discipline]
    return "\n\n".join(told)


def _section(point: DecisionPoint) -> str:
    scope = "each service for itself, or all alike" if point.scope == "service" else "the programme as a whole"
    naive, best = point.naive, getattr(reference(), point.name)
    rows = [
        ("signature" if not point.chosen else "choice", f"`{point.signature}`"),
        ("decided for", scope),
        ("naive", f"`{_named(point, naive)}`{_says(naive)}"),
        ("reference", "naive" if point.is_naive(best) else f"`{_named(point, best)}`{_says(best)}"),
        (
            "effort",
            f"{shown(point.effort_days)} staff days, {shown(point.effort_gbp)} GBP ({point.category})",
        ),
    ]
    given = "options" if point.chosen else "given"
    return "\n\n".join(
        [
            f"### `{point.name}`",
            point.about,
            table(("", ""), rows),
            table((given, "what it is"), [(f"`{name}`", about) for name, about in point.given.items()]),
        ]
    )


def _named(point: DecisionPoint, decision: object) -> str:
    if hasattr(decision, "score_fn"):
        score = getattr(decision.score_fn, "__name__", type(decision.score_fn).__name__)
        return f"monitor({score}, {decision.threshold:g})"
    return name_of(point, decision)


def _says(decision: object) -> str:
    """Return the first line of a function's own description."""
    if isinstance(decision, str | tuple) or not callable(decision):
        return ""
    told = (getattr(decision, "__doc__", "") or "").strip().splitlines()
    return f": {told[0]}" if told else ""


def _differences() -> str:
    ordinary = typical()
    names = [name for name, point in POINTS.items() if not point.is_naive(getattr(ordinary, name))]
    return ", ".join(f"`{name}`" for name in names[:-1]) + f" and `{names[-1]}`"
