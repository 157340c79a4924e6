"""One description of a parameter feeds its validation, its documentation and the studies that vary it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

CONFIDENCE = {
    "read": "the source's text or file was read",
    "second-hand": "another source quotes it",
    "general": "an assumption from general knowledge; no source was read",
    "chosen": "a choice of the model or of the course, which no source could settle",
}
"""How far a value may be believed: the words that a parameter's description may use, best first.

Where a value rests on several things, the weakest counts."""


class Part(BaseModel):
    """A frozen piece of a scenario that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _numbers_are_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse yes, no and text where a number belongs; pydantic would take True for 1 and "2" for 2."""
        field = cls.model_fields[info.field_name or ""]
        if field.annotation in (int, float) and isinstance(value, bool | str):
            raise ValueError(f"it should be a number, not {value!r}")
        if _collects(field.json_schema_extra):
            for place, one in _each(value):
                if isinstance(one, bool | str):
                    raise ValueError(f"{place} should be a number, not {one!r}")
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _each_in_range(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse a number of a collection that lies outside the accepted range."""
        about = cls.model_fields[info.field_name or ""].json_schema_extra
        if _collects(about):
            for place, one in _each(value):
                if not about["low"] <= one <= about["high"]:
                    word, limit = ("least", about["low"]) if one < about["low"] else ("most", about["high"])
                    raise ValueError(
                        f"{place} is {one:g}, but it must be at {word} {limit:g}. The nearest allowed is {limit:g}"
                    )
        return value


def parameter(
    default: Any = ...,
    *,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    source: str,
    confidence: str = "general",
    about: str,
) -> Any:
    """Describe a number of the scenario once, for everything that needs to know about it.

    Parameters
    ----------
    default : Any
        Value when the scenario says nothing; required when left out.
    unit : str
        For instance ``"days"``, ``"GBP"``, ``"share"``.
    low, high : float or None
        Accepted range, inclusive: a value outside it is refused. Much of it may not be plausible.
    source : str
        Where the value comes from.
    confidence : str
        One of `CONFIDENCE`.
    about : str
        What it is, in a sentence.

    Returns
    -------
    pydantic.fields.FieldInfo
        With unit, range, source and confidence in its ``json_schema_extra``.
    """
    extra = {"unit": unit, "source": source, "confidence": confidence, "low": low, "high": high}
    return Field(default, ge=low, le=high, description=about, json_schema_extra=extra)


def parameters(
    factory: Any = dict, *, unit: str, low: float, high: float, source: str, confidence: str = "general", about: str
) -> Any:
    """Describe a collection of numbers, by name or in order, as `parameter` does a single one.

    Parameters
    ----------
    factory : type
        ``dict`` or ``tuple``; the collection is empty when the scenario says nothing.
    unit : str
        Of each number; where they differ, what tells it.
    low, high : float
        Accepted range of each number, inclusive; a value outside it is refused.
    source, confidence, about : str
        As of `parameter`.

    Returns
    -------
    pydantic.fields.FieldInfo
        With the same in its ``json_schema_extra``, and ``"each"``.
    """
    extra = {"unit": unit, "source": source, "confidence": confidence, "low": low, "high": high, "each": True}
    return Field(default_factory=factory, description=about, json_schema_extra=extra)


def _collects(about: Any) -> bool:
    return isinstance(about, dict) and "each" in about


def _each(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, list | tuple) else ()
