"""One description of a parameter feeds its validation, its documentation and its widget."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


class Part(BaseModel):
    """A frozen piece of a scenario that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _numbers_are_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse yes, no and text where a number belongs; pydantic would take True for 1 and "2" for 2."""
        wanted = cls.model_fields[info.field_name or ""].annotation
        if wanted in (int, float) and isinstance(value, bool | str):
            raise ValueError(f"it should be a number, not {value!r}")
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
        Plausible range, inclusive; a value outside it is refused.
    source : str
        Where the value comes from.
    confidence : str
        ``"read"``, ``"second-hand"`` or ``"general"`` (general knowledge, not read).
    about : str
        What it is, in a sentence.

    Returns
    -------
    pydantic.fields.FieldInfo
        With unit, range, source and confidence in its ``json_schema_extra``.
    """
    extra = {"unit": unit, "source": source, "confidence": confidence, "low": low, "high": high}
    return Field(default, ge=low, le=high, description=about, json_schema_extra=extra)
