"""Decision point ``contracts``: with which sources there is a data contract."""

from __future__ import annotations

from typing import Any

from sim.decisions.point import DecisionPoint
from sim.errors import DecisionError, PlaybookError, nearest, unknown

WAYS = ("none", "all")


def accept(answer: Any) -> str | tuple[str, ...]:
    """Return the choice, or raise `DecisionError`."""
    if isinstance(answer, str) and answer in WAYS:
        return answer
    if isinstance(answer, tuple) and answer and all(isinstance(name, str) for name in answer):
        return answer
    raise DecisionError(f"'none', 'all' or a tuple of sources' names was expected.{nearest(answer, WAYS)}")


def fits(decision: Any, service: Any) -> None:
    """Refuse, with `PlaybookError`, a contract with a source that the service does not have."""
    names = [s.name for s in service.sources]
    for name in decision if isinstance(decision, tuple) else ():
        if name not in names:
            raise PlaybookError(f"contracts, for {service.name}: {unknown('source', name, names)}")


def covers(decision: Any, source: str) -> bool:
    """Say whether a choice holds a contract with a source."""
    return decision == "all" or (isinstance(decision, tuple) and source in decision)


POINT = DecisionPoint(
    name="contracts",
    discipline="dataops",
    scope="service",
    signature='"none", "all" or a tuple of sources\' names',
    about="With which sources there is a data contract: schema, units, completeness, uniqueness and age, agreed with "
    "the owner and checked at each delivery. The owner announces a change of schema or unit, so that the pipeline can "
    "be prepared; a batch that breaks the contract is held and not read, and somebody is told at once. Each contract "
    "takes hours of work a month.",
    given={
        "none": "no contract; changes come unannounced, and nothing is checked",
        "all": "a contract with every source of the service",
        "<source>": "a tuple of names: contracts with those sources alone",
    },
    naive="none",
    accept=accept,
    effort_days=8,
    effort_gbp=2000,
    chosen=True,
    fits=fits,
    category="data",
)
