"""Bills on which a query and an allocation are tried: other worlds, other services' names, other habits of tagging."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

import sim
from autograder.baselines import baseline
from autograder.variants.variant import OPEN, Variant
from sim.decisions.allocate import SHARED
from sim.decisions.tag import OWNER

PENNY = 0.01

NAMES = (
    {"claims-triage": "permit-triage", "call-assistant": "street-helper", "staffing-forecast": "leak-forecast"},
    {"claims-triage": "grants", "call-assistant": "appeals-desk", "staffing-forecast": "rota"},
)
"""What services are called on each of the bills; the programme behind them is household support, in unseen worlds."""

POOL = (
    ("parking-fines", "library-desk", "gritting-plan"),
    ("blue-badges", "planning-helper", "bin-rounds"),
    ("school-places", "council-line", "carer-rota"),
    ("home-repairs", "tenant-desk", "boiler-forecast"),
    ("business-rates", "trade-line", "market-rota"),
    ("fostering", "family-line", "visit-plan"),
    ("licensing", "permit-helper", "inspection-plan"),
    ("flood-grants", "river-line", "pump-forecast"),
)
"""What services may be called on a learner's own bills."""

SEEDS = (401, 402)

DELEGATED_GBP, SPREAD_GBP = 150_000.0, 10_000.0
"""What may be spent, and by how much a learner's own may differ.

Enough for a commitment to more than the machines need, so that a part of it is unused.
"""

LOST = "claims-store"
"""A resource whose request has been lost: its lines bear tags, and none of them is an owner."""

APPLICATION = "households"
"""What stands in the tag Application everywhere: it says nothing about who answers."""

FORMER = "former-owner"
"""A tag that others wrote before; it names nobody who answers now."""

OVERCHARGES, CREDIT_GBP = 24.0, 1000.0
"""Charges a year that are billed twice over and corrected, so that three months have some; and what is given back."""


@dataclass(frozen=True, eq=False)
class Case:
    """One department's three months.

    Attributes
    ----------
    what : str
        In a few words, for the report.
    bill : DataFrame
        As ``run.billing``, with a credit and corrections; each resource bears its last tags from the first day on.
    daily : DataFrame
        Day, service, decided and right, as in ``run.daily``.
    """

    what: str
    bill: pd.DataFrame
    daily: pd.DataFrame


@baseline
def cases(variant: Variant = OPEN) -> tuple[Case, ...]:
    """Return a bill tagged in production alone, one tagged throughout, and two on which no service owns anything."""
    names, seeds, delegated = NAMES, SEEDS, (DELEGATED_GBP, DELEGATED_GBP)
    if not variant.open:
        chance = variant.generator("m10")
        drawn = chance.choice(len(POOL), size=len(NAMES), replace=False)
        names = tuple(dict(zip(NAMES[0], POOL[k], strict=True)) for k in drawn)
        seeds = variant.seeds("m10", len(SEEDS))
        delegated = tuple(float(gbp) for gbp in DELEGATED_GBP + chance.uniform(-SPREAD_GBP, SPREAD_GBP, len(seeds)))
    some = _case("tagged in production alone", seeds[0], names[0], ("production",), delegated[0])
    whole = _case("tagged throughout", seeds[1], names[1], (), delegated[1])
    bare = Case("nothing tagged", some.bill.assign(Tags="{}"), some.daily)
    common = some.bill["Tags"].where(owners(some.bill) == SHARED, "{}")
    return some, whole, bare, Case("nothing tagged but what is shared", some.bill.assign(Tags=common), some.daily)


def _case(what: str, seed: int, names: dict[str, str], environments: tuple[str, ...], delegated: float) -> Case:
    scenario = sim.load_scenario("household-support").replace(
        quarters=1,
        budget={"delegated_gbp": delegated},
        invoicing={"overcharges_per_year": OVERCHARGES, "credit_gbp": CREDIT_GBP},
    )
    tagged = sim.practices.tag_by_owner(environments)
    playbook = sim.Playbook(tag=tagged, commit=sim.practices.commit_to_floor(share=1.3, days=28))
    run = sim.simulate(scenario, playbook, seed=seed, instant=True)
    borne = run.billing.groupby("ResourceId")["Tags"].last()
    bill = run.billing.assign(Tags=run.billing["ResourceId"].map(borne).fillna("{}"))
    bill = bill.assign(Tags=_retagged(bill, names))
    daily = run.daily[["day", "service", "decided", "right"]]
    return Case(what, bill, daily.assign(service=daily["service"].map(names)))


def _retagged(bill: pd.DataFrame, names: dict[str, str]) -> pd.Series:
    """Return a bill's tags as another house writes them: other names, lost requests, and tags that name no owner."""
    keys = ["ResourceId", "Tags", "x_Environment"]
    kinds = bill[keys].drop_duplicates()
    texts = [_written(*kind, names) for kind in kinds.itertuples(index=False)]
    written = bill[keys].merge(kinds.assign(written=texts), on=keys, how="left")["written"]
    return written.set_axis(bill.index).astype("str")


def _written(resource: object, text: str, environment: str, names: dict[str, str]) -> str:
    tags = {key: names.get(value, value) for key, value in json.loads(text).items()}
    if tags:
        tags["Application"] = APPLICATION
    if resource == LOST:
        tags.pop(OWNER, None)
    if not tags and environment != "production":
        tags = {"environment": environment, FORMER: "estates"}
    return json.dumps(tags)


def owners(bill: pd.DataFrame) -> pd.Series:
    """Return the tag 'owner' of each line, empty where there is none."""
    return bill["Tags"].map({text: json.loads(text).get(OWNER, "") for text in bill["Tags"].unique()})


OWN, USE, NONE = "own", "use", "none"
"""By what key a row of an allocation stands where it does: its owner's own, split by use, or nobody's."""


def allocated(bill: pd.DataFrame, cost: str = "EffectiveCost", by: str = USE) -> pd.DataFrame:
    """Return the right allocation: own to the owner, shared by a key, untagged to ``"shared"``.

    Parameters
    ----------
    bill : DataFrame
        FOCUS rows.
    cost : str
        Which cost.
    by : str
        ``"use"``, ``"even"`` or ``"dropped"``: what becomes of the shared part; all but the first are near misses.

    Returns
    -------
    DataFrame
        Columns service, ResourceId, cost_gbp and key.
    """
    rows = pd.DataFrame({"service": owners(bill), "ResourceId": bill["ResourceId"], "cost_gbp": bill[cost]})
    rows = rows.groupby(["service", "ResourceId"], dropna=False)["cost_gbp"].sum().reset_index()
    own = rows[~rows["service"].isin(["", SHARED])].assign(key=OWN)
    common, rest = rows[rows["service"] == SHARED], rows[rows["service"] == ""]
    use = own.groupby("service")["cost_gbp"].sum()
    share = use / use.sum() if by == USE else use * 0 + 1 / max(len(use), 1)
    parts = [common.assign(service=name, cost_gbp=common["cost_gbp"] * part, key=USE) for name, part in share.items()]
    spread = [] if by == "dropped" else parts or [common.assign(key=NONE)]
    return pd.concat([own, *spread, rest.assign(service=SHARED, key=NONE)], ignore_index=True)
