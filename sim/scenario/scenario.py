"""A scenario: the world as given, before anybody has decided anything."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, ValidationError, model_validator

from sim.errors import ScenarioError, nearest, unknown
from sim.scenario.budget import Budget
from sim.scenario.estate import HELD, METERED, PriceChange, Resource, SpendIncident, Staff
from sim.scenario.invoicing import Invoicing
from sim.scenario.market import Market
from sim.scenario.organisation import Organisation
from sim.scenario.parameter import Part, parameter
from sim.scenario.service import Service
from sim.scenario.targets import FLOORS, TARGETS

RESERVED = ("all", "shared", "programme")
"""Words by which the records mean more than one service."""


class Scenario(Part):
    """A department with one or more AI services on one estate, one staff and one budget."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name by which it is loaded.")
    title: str
    description: str
    start: date = Field(date(2026, 4, 1), description="First day; the first of a month.")
    quarters: int = parameter(8, unit="quarters", low=1, high=40, source="chosen", about="Length of a run.")
    services: tuple[Service, ...] = Field(min_length=1)
    staff: Staff
    estate: tuple[Resource, ...] = Field(min_length=1)
    spend_incidents: tuple[SpendIncident, ...] = ()
    price_changes: tuple[PriceChange, ...] = ()
    organisation: Organisation | None = Field(None, description="How the department works around its services.")
    funding_gbp: float = parameter(
        160_000.0, unit="GBP per quarter", low=0, high=1e9,
        source="general: what the staff, the estate as bought and the caseworkers would cost if all were busy",
        about="Funding settled for each quarter: what the first receives, and the most that any later one may.",
    )  # fmt: skip
    last_year_gbp: float = parameter(
        160_000.0, unit="GBP per quarter", low=0, high=1e9,
        source="general: a bid of it and a tenth is out by as much as cloud budgets are (17 to 23 % over, Flexera)",
        about="What each quarter of the year before cost: all that the first year's forecasts know of a like quarter.",
    )  # fmt: skip
    discount_rate: float = parameter(
        0.035, unit="share per year", low=0, high=0.2, source="Green Book (2026): social time preference rate 3.5 %",
        confidence="read", about="Rate at which later value is discounted.",
    )  # fmt: skip
    record_share: float = parameter(
        0.05, unit="share of cases", low=0.0, high=1.0, source="chosen",
        about="Share of cases kept one by one in the run's cases and decisions.",
    )  # fmt: skip
    switched_off: tuple[str, ...] = Field(
        (), description="Incidents that do not happen, such as claims-triage/feed-outage/0; all other draws stay."
    )
    targets: dict[str, float] = Field(default_factory=dict, description="Targets by measure, where they differ.")
    market: Market = Market()
    invoicing: Invoicing = Invoicing()
    budget: Budget = Budget()
    floors: dict[str, float] = Field(default_factory=dict, description="Floors by measure, where they differ.")

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        if self.start.day != 1:
            raise ValueError(
                f"start is {self.start}; it must be the first of a month, such as {self.start.replace(day=1)}"
            )
        services = [s.name for s in self.services]
        resources = [r.name for r in self.estate]
        for what, names in (
            ("services", services),
            ("resources", resources),
            ("teams", [t.name for t in self.staff.teams]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"two {what} share a name: {', '.join(sorted(names))}")
        for name in services:
            if name in RESERVED:
                raise ValueError(
                    f"a service may not be named {name!r}: the records use that word for all of them together"
                )
        self._check_estate(services, resources)
        for measure in self.targets:
            if measure not in TARGETS:
                close = nearest(measure, TARGETS)
                raise ValueError(
                    f"targets: there is no measure {measure!r}. Allowed: those of sim.scorecard.MEASURES.{close}"
                )
        for measure in self.floors:
            if measure not in FLOORS:
                raise ValueError(f"floors: {unknown('floor', measure, FLOORS)}")
        for incident in self.switched_off:
            self._check_incident(incident)
        disciplines = {t.discipline for t in self.staff.teams}
        for wanted in ("dataops", "mlops", "finops"):
            if wanted not in disciplines:
                raise ValueError(f"staff.teams: no team for {wanted}; each of dataops, mlops and finops needs one")
        return self

    def _check_estate(self, services: list[str], resources: list[str]) -> None:
        by_name = {r.name: r for r in self.estate}
        for r in self.estate:
            if r.service not in [*services, "shared"]:
                raise ValueError(f"resource {r.name}: there is no service {r.service!r}.{nearest(r.service, services)}")
            if not r.attached_to:
                continue
            if r.attached_to not in resources:
                said = f"it is attached to {r.attached_to!r}, which does not exist"
                raise ValueError(f"resource {r.name}: {said}.{nearest(r.attached_to, resources)}")
            if by_name[r.attached_to].service != r.service:
                owner = by_name[r.attached_to].service
                raise ValueError(
                    f"resource {r.name}: its service is {r.service!r}, but {r.attached_to}, to which it is attached, "
                    f"is of {owner!r}; they must be of one, such as {owner!r}"
                )
        for i in self.spend_incidents:
            if i.resource not in resources:
                raise ValueError(f"incident {i.name}: no resource {i.resource!r}.{nearest(i.resource, resources)}")
            machine = by_name[i.resource].kind not in (*METERED, *HELD, "storage")
            if machine == (i.kind == "retry_storm") or by_name[i.resource].kind in (*HELD, "storage"):
                wanted = METERED if i.kind == "retry_storm" else ("training", "serving", "pipeline", "development")
                raise ValueError(
                    f"incident {i.name}: a {i.kind} befalls a resource of the kind {', '.join(wanted)}, but "
                    f"{i.resource} is of the kind {by_name[i.resource].kind}"
                )

    def _check_incident(self, incident: str) -> None:
        kinds = [f"{s.name}/{i.name}" for s in self.services for i in s.incidents]
        kinds += [f"{s.name}/breach-account-{k}" for s in self.services if s.breach for k in range(s.breach.accounts)]
        kinds += [f"spend/{i.name}" for i in self.spend_incidents]
        kind, _, number = incident.rpartition("/")
        if kind not in kinds or not number.isdecimal():
            wanted = "; it is service/kind/number, or spend/kind/number"
            close = nearest(incident, [f"{k}/{number if number.isdecimal() else 0}" for k in kinds])
            raise ValueError(f"switched_off: no incident can be named {incident!r}{wanted}.{close}")

    def without(self, incident_id: str) -> Scenario:
        """Return a copy in which one incident does not happen and every other draw is as it was.

        Parameters
        ----------
        incident_id : str
            As in a run's ``incidents``, such as ``"claims-triage/feed-outage/0"``.

        Returns
        -------
        Scenario
            The copy; those switched off before stay so.

        Raises
        ------
        ScenarioError
            If the scenario has no such kind of incident.
        """
        return self.replace(switched_off=(*self.switched_off, incident_id))

    def replace(self, **fields: Any) -> Scenario:
        """Return a copy with some fields changed, checked as if it had been loaded.

        Parameters
        ----------
        **fields : Any
            New values by field name; nested parts are given whole, or as mappings.

        Returns
        -------
        Scenario
            The copy; the original is untouched.

        Raises
        ------
        ScenarioError
            If a field is unknown or a value outside its range.
        """
        return build(self.model_dump() | {k: _plain(v) for k, v in fields.items()}, origin=f"scenario {self.name}")

    def only(self, *names: str) -> Scenario:
        """Return a copy with some of the services alone, and without the other services' own resources.

        Parameters
        ----------
        *names : str
            The services to keep. Staff, funding and shared resources stay as they are.

        Returns
        -------
        Scenario
            The kept services meet the same people, drifts and incidents as before.

        Raises
        ------
        ScenarioError
            If there is no such service, or none is named.
        """
        if not names:
            raise ScenarioError(f"scenario {self.name}: name at least one service to keep.")
        kept = [self.service(name) for name in names]
        estate = [r for r in self.estate if r.service in (*names, "shared")]
        left = [r.name for r in estate]
        leaks = [i for i in self.spend_incidents if i.resource in left]
        return self.replace(services=[s for s in self.services if s in kept], estate=estate, spend_incidents=leaks)

    def service(self, name: str) -> Service:
        """Return one service by name, or raise `ScenarioError`."""
        for service in self.services:
            if service.name == name:
                return service
        names = [s.name for s in self.services]
        raise ScenarioError(
            f"scenario {self.name}: no service {name!r}. It has {', '.join(names)}.{nearest(name, names)}"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return value.model_dump()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value


def build(data: Any, origin: str) -> Scenario:
    """Make a scenario from plain data, or say in one paragraph what is wrong with it.

    Parameters
    ----------
    data : Any
        Mapping of fields, as read from YAML.
    origin : str
        Where it came from, for the message.

    Returns
    -------
    Scenario
        Frozen and valid.

    Raises
    ------
    ScenarioError
        Naming the first field that is wrong, its value, what is allowed and the nearest valid thing.
    """
    if not isinstance(data, dict):
        raise ScenarioError(
            f"{origin}: expected fields and values, such as 'name: ...', but found {type(data).__name__}."
        )
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        found = sorted(error.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden")
        places = [problem["loc"] for problem in found]
        problems = [
            p for p in found if not any(len(q) > len(p["loc"]) and q[: len(p["loc"])] == p["loc"] for q in places)
        ]
        others = len(problems) - 1
        more = (
            f" There {'is 1 further problem' if others == 1 else f'are {others} further problems'}." if others else ""
        )
        raise ScenarioError(f"{origin}: {_sentence(problems[0])}{more}") from None


def _sentence(problem: Any) -> str:
    place, kind, context = problem["loc"], problem["type"], problem.get("ctx", {})
    where = ".".join(str(p) for p in place) or "the scenario"
    value = problem.get("input")
    shown = f"{value!r}" if isinstance(value, int | float | str | bool | date | None) else type(value).__name__
    if kind == "extra_forbidden":
        names = _fields_at(place[:-1])
        return f"there is no field '{where}'. Allowed: {', '.join(names)}.{nearest(place[-1], names)}"
    if kind == "missing":
        return f"the field '{where}' is missing; it has no default."
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        limit = next(iter(context.values()))
        word = {"greater_than_equal": "at least", "less_than_equal": "at most", "greater_than": "more than"}.get(
            kind, "less than"
        )
        return f"'{where}' is {shown}, but it must be {word} {limit:g}. The nearest that is allowed is {limit:g}."
    if kind == "literal_error":
        allowed = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return f"'{where}' is {shown}. Allowed: {', '.join(allowed)}.{nearest(value, allowed)}"
    if kind == "value_error":
        said = str(context["error"])
        return f"'{where}': {said}" if said.endswith((".", "?")) else f"'{where}': {said}."
    return f"'{where}' is {shown}: {problem['msg'][0].lower()}{problem['msg'][1:]}."


def _fields_at(place: tuple[Any, ...]) -> list[str]:
    model: Any = Scenario
    for step in place:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        model = next(
            (a for a in (annotation, *getattr(annotation, "__args__", ())) if hasattr(a, "model_fields")), None
        )
        if model is None:
            return []
    return sorted(model.model_fields)
