"""The bill: from resource-days to charges under FOCUS 1.4 names, to the penny.

FOCUS is the FinOps Open Cost and Usage Specification. Nothing here simulates: a bill is a plain function of what was
used. A line's pence are the rounded running total of its resource less the one before, so that a month's lines add up
to the month's cost, however many lines it has.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.internals import create_dataframe_from_blocks

from sim.cloud.charges import CHARGES, DISCIPLINES, Commitment, Resource, UsageLines, running_pence
from sim.cloud.focus import COLUMNS, CONSUMING, SHARED, WORDS, constants, describe
from sim.cloud.prices import PRICES
from sim.errors import MoneyError, ScenarioError, unknown

__all__ = ["CHARGES", "COLUMNS", "DISCIPLINES", "Commitment", "Resource", "UsageLines", "billing", "running_pence"]

LEAST_GBP = 0.0001
"""A use worth less than this is listed as nothing, as a smaller figure could only be written with an exponent."""

Tags = Mapping[str, Sequence[tuple[int, Mapping[str, str]]]]
"""By resource id: the days from which it has borne which tags, in order."""

_TEXT = pa.large_string()
_STR = pd.StringDtype("pyarrow", na_value=np.nan)
"""The type that pandas calls ``str``."""

_encode = json.JSONEncoder(sort_keys=True).encode

_described = lru_cache(maxsize=4096)(describe)
"""A month's bill describes the same sorts of charge as the one before; nobody changes what is kept here."""

_CONSUMES = np.array([name in CONSUMING for name in CHARGES])
"""Whether a charge is for something that ran, by its place in `CHARGES`."""

_SPOT, _COMMITTED, _UNUSED, _PURCHASE, _CREDIT, _CORRECTION = range(1, len(CHARGES))


def billing(usage: UsageLines, scenario_name: str, start: datetime.date, tags: Tags | None = None) -> pd.DataFrame:
    """Return the bill, one row per charge, in the order of the usage.

    Parameters
    ----------
    usage : UsageLines
        What was used, and the pence billed for it.
    scenario_name : str
        Names the billing account.
    start : datetime.date
        The date of day 0.
    tags : mapping of str to sequence of (int, mapping of str to str), optional
        By resource id: from which day it has borne which tags. Nothing is tagged when left out.

    Returns
    -------
    DataFrame
        `COLUMNS`; money in GBP, times as ``2026-04-01T00:00:00Z`` with the end exclusive, `Tags` a JSON object. A
        charge is for a day; a purchase for a month, and a correction for the month before. What is kept is consumed
        by the day and priced by the month. `BilledCost` and `EffectiveCost` are whole pence; `ListCost` and
        `ContractedCost` are unit price times quantity, so that a line may differ from them by less than a penny, and
        a resource's whole bill too (but for uses worth less than `LEAST_GBP`). The contracted price leaves out what a
        commitment takes off, as FOCUS has it: that shows in `EffectiveCost`.

    Raises
    ------
    MoneyError
        The pence are not whole numbers.
    ScenarioError
        A resource's kind or size, a commitment or a tagged resource is unknown, or the arrays differ in length.
    """
    _check(usage, tags or {})
    n = len(usage.day)
    first = int(usage.day.min()) if n else 0
    words = _words(usage)
    days = pa.array(np.asarray(usage.day, dtype=np.int64) - first)
    dates = _taken(_by_day(start, first, usage.day), days)
    _whole_months(dates, usage)
    detail = pc.coalesce(words["SkuId"], pa.scalar("credit", _TEXT))
    dates["InvoiceDetailId"] = pc.binary_join_element_wise(dates["InvoiceId"], detail, pa.scalar("-", _TEXT))
    fixed = {name: pa.repeat(pa.scalar(value, _TEXT), n) for name, value in constants(scenario_name).items()}
    table = words | dates | fixed | _numbers(usage) | {"Tags": _tags(usage, tags or {})}
    blocks = [(_block(table[name]), np.arange(place, place + 1)) for place, name in enumerate(COLUMNS)]
    return create_dataframe_from_blocks(blocks, pd.RangeIndex(n), _heading().copy())


@lru_cache
def _heading() -> pd.Index:
    """Return the bill's columns, which take as long to make as a tenth of a month's bill."""
    return pd.Index(COLUMNS)


@lru_cache(maxsize=4096)
def _json(borne: tuple[tuple[str, str], ...]) -> str:
    """Return tags as a JSON object; most resources bear the same ones month after month."""
    return _encode(dict(borne))


def _check(usage: UsageLines, tags: Tags) -> None:
    lengths = {name: len(getattr(usage, name)) for name in UsageLines.ARRAYS}
    if len(set(lengths.values())) > 1:
        raise ScenarioError(f"Usage arrays must be of one length, but they are {lengths}.")
    for name in ("pence", "effective_pence"):
        kind = getattr(usage, name).dtype
        if not np.issubdtype(kind, np.integer):
            raise MoneyError(f"{name} are {kind}, but money is billed in whole pence; use running_pence.")
    for resource in usage.resources:
        if resource.kind not in DISCIPLINES:
            raise ScenarioError(unknown("kind of resource", resource.kind, DISCIPLINES))
        if resource.size not in PRICES:
            raise ScenarioError(unknown("price", resource.size, PRICES))
    for name, top in (("resource", len(usage.resources)), ("commitment", len(usage.commitments))):
        place = getattr(usage, name)
        if len(place) and not -1 <= place.min() <= place.max() < top:
            raise ScenarioError(f"A charge's {name} must be from -1 (none) to {top - 1}, but one is {place.max()}.")
    ids = {r.id for r in usage.resources} | {c.id for c in usage.commitments}
    for name in tags:
        if name not in ids:
            raise ScenarioError(f"Tags are given for a resource. {unknown('resource', name, ids)}")


def _words(usage: UsageLines) -> dict[str, pa.Array]:
    """Columns that follow from a charge's resource, how it was bought, and its commitment: each sort described once."""
    bound = len(usage.commitments) + 1
    sort = ((usage.resource + 1) * len(CHARGES) + usage.charge) * bound + usage.commitment + 1
    sorts, place = np.unique(np.asarray(sort, dtype=np.int64), return_inverse=True)
    rows = []
    for code in sorts.tolist():
        rest, commitment = divmod(code, bound)
        resource, charge = divmod(rest, len(CHARGES))
        rows.append(
            _described(
                usage.resources[resource - 1] if resource else SHARED,
                CHARGES[charge],
                usage.commitments[commitment - 1] if commitment else None,
            )
        )
    return _taken({name: pa.array([row[name] for row in rows], _TEXT) for name in WORDS}, pa.array(place))


def _taken(columns: dict[str, pa.Array], places: pa.Array) -> dict[str, pa.Array]:
    """Take the same places of several columns, all at once."""
    batch = pa.record_batch(list(columns.values()), names=list(columns))
    return dict(zip(columns, batch.take(places).columns, strict=True))


def _tags(usage: UsageLines, tags: Tags) -> pa.Array:
    """Return each charge's tags as a JSON object: those that its resource bore on that day."""
    texts, first = ["{}"], int(usage.day.min(initial=0))
    from_the_first, later = np.zeros(len(usage.resources) + 1, dtype=np.int64), []
    for i, resource in enumerate(usage.resources):
        for since, borne in tags.get(resource.id, ()):
            if since <= first:
                from_the_first[i] = len(texts)
            else:
                later.append((i, since, len(texts)))
            texts.append(_json(tuple(borne.items())))
    place = from_the_first[usage.resource]
    for i, since, text in later:
        place[(usage.resource == i) & (usage.day >= since)] = text
    return pa.array(texts, _TEXT).take(pa.array(place))


def _by_day(start: datetime.date, first: int, day: np.ndarray) -> dict[str, pa.Array]:
    """Columns that follow from the day, one element per day from the first charged to the last."""
    count = int(day.max()) - first + 1 if len(day) else 0
    dates = np.datetime64(start, "D") + first + np.arange(count)
    months = dates.astype("datetime64[M]")
    return {
        "BillingPeriodStart": _times(months),
        "BillingPeriodEnd": _times(months + 1),
        "ChargePeriodStart": _times(dates),
        "ChargePeriodEnd": _times(dates + 1),
        "InvoiceId": pa.array(np.strings.add("INV-", np.datetime_as_string(months)), _TEXT),
        "before": _times(months - 1),
    }


def _whole_months(dates: dict[str, pa.Array], usage: UsageLines) -> None:
    """Let a purchase be charged for its month, and a correction for the month before."""
    before = dates.pop("before")
    bought, corrected = pa.array(usage.charge == _PURCHASE), pa.array(usage.charge == _CORRECTION)
    begun, ended = dates["BillingPeriodStart"], dates["BillingPeriodEnd"]
    for name, month, earlier in (("ChargePeriodStart", begun, before), ("ChargePeriodEnd", ended, begun)):
        dates[name] = pc.if_else(bought, month, pc.if_else(corrected, earlier, dates[name]))


def _times(moments: np.ndarray) -> pa.Array:
    text = np.datetime_as_string(moments.astype("datetime64[s]"))
    return pa.array(np.strings.add(text, "Z"), _TEXT)


def _numbers(usage: UsageLines) -> dict[str, np.ndarray]:
    """Return quantities to a ten-thousandth, unit prices to a millionth of a pound, and their exact products."""
    charge = usage.charge
    per_unit = np.array([*(PRICES[r.size].offer.per for r in usage.resources), 1.0])[usage.resource]
    published = np.round(usage.list_price * per_unit, 6)
    contracted = np.where(charge == _COMMITTED, published, np.round(usage.unit_price * per_unit, 6))
    published = np.where((charge == _UNUSED) | (charge == _PURCHASE), contracted, published)
    priced = np.round(usage.quantity / per_unit, 4)
    priced[np.abs(np.minimum(contracted, published) * priced) < LEAST_GBP] = 0.0
    billed, effective = usage.pence / 100.0, usage.effective_pence / 100.0
    credit, bound = charge == _CREDIT, usage.commitment >= 0
    ran = _CONSUMES[charge]
    return {
        "BilledCost": billed,
        "EffectiveCost": effective,
        "ListCost": np.where(credit, billed, np.round(published * priced, 10)),
        "ContractedCost": np.where(credit, billed, np.round(contracted * priced, 10)),
        "ListUnitPrice": np.where(credit, np.nan, published),
        "ContractedUnitPrice": np.where(credit, np.nan, contracted),
        "ConsumedQuantity": np.where(ran, np.round(usage.quantity, 4), np.nan),
        "PricingQuantity": np.where(credit, np.nan, priced),
        "CommitmentDiscountQuantity": np.where(bound, np.where(charge == _PURCHASE, billed, effective), np.nan),
        "x_Day": np.asarray(usage.day, dtype=np.int64),
    }


def _block(column: pa.Array | np.ndarray) -> pd.api.extensions.ExtensionArray | np.ndarray:
    """Return a column as pandas keeps it; text is wrapped as it is, which takes no looking up of types."""
    return column[None] if isinstance(column, np.ndarray) else pd.arrays.ArrowStringArray(column, dtype=_STR)
