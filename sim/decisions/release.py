"""Decision point ``release``: how a new version comes into use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError

BIG_BANG = "big bang"


@dataclass(frozen=True)
class Shadow:
    """The candidate scores every case for some days and decides none; then the scores are compared.

    Attributes
    ----------
    days : int
        How long.
    tolerance : float
        Kolmogorov-Smirnov distance between the two sets of scores above which the release is stopped and looked into.
    """

    days: int
    tolerance: float = 0.25
    name: ClassVar[str] = "shadow"
    share: ClassVar[float] = 1.0


@dataclass(frozen=True)
class Canary:
    """The candidate decides a share of the cases for some days; then the scores of the two shares are compared.

    Attributes
    ----------
    share : float
        Share of cases, drawn by chance each night.
    days : int
        How long.
    tolerance : float
        As for `Shadow`.
    """

    share: float
    days: int
    tolerance: float = 0.25
    name: ClassVar[str] = "canary"


@dataclass(frozen=True)
class BlueGreen:
    """The candidate takes over at once, and the version before is kept warm for some days.

    Attributes
    ----------
    days : int
        How long the way back stays open.
    """

    days: int
    name: ClassVar[str] = "blue-green"


Release = str | Shadow | Canary | BlueGreen
"""A way of releasing: ``"big bang"``, or what `shadow`, `canary` or `blue_green` makes."""


def shadow(days: int = 14, tolerance: float = 0.25) -> Shadow:
    """Let a candidate score beside the version in use for some days, deciding nothing.

    Parameters
    ----------
    days : int
        1 to 90.
    tolerance : float
        0 to 1; see `Shadow`.

    Returns
    -------
    Shadow
        For ``Playbook.replace(release=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    return Shadow(_days(days), _share("tolerance", tolerance))


def canary(share: float = 0.1, days: int = 14, tolerance: float = 0.25) -> Canary:
    """Let a candidate decide a share of the cases for some days.

    Parameters
    ----------
    share : float
        More than 0, less than 1.
    days : int
        1 to 90.
    tolerance : float
        0 to 1; see `Shadow`.

    Returns
    -------
    Canary
        For ``Playbook.replace(release=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    chosen = _share("share", share)
    if not 0 < chosen < 1:
        raise DecisionError(f"share is {share!r}, but more than 0 and less than 1 was expected, such as 0.1.")
    return Canary(chosen, _days(days), _share("tolerance", tolerance))


def blue_green(days: int = 14) -> BlueGreen:
    """Switch to a candidate at once, and keep the version before warm for some days.

    Parameters
    ----------
    days : int
        1 to 90.

    Returns
    -------
    BlueGreen
        For ``Playbook.replace(release=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    return BlueGreen(_days(days))


def _days(days: object) -> int:
    if isinstance(days, bool) or not isinstance(days, int | np.integer) or not 1 <= days <= 90:
        raise DecisionError(f"days is {days!r}, but a whole number from 1 to 90 was expected.")
    return int(days)


def _share(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value <= 1:
        raise DecisionError(f"{name} is {value!r}, but a number from 0 to 1 was expected.")
    return float(value)


def accept(answer: object) -> Release:
    """Return the way of releasing, or raise `DecisionError`."""
    if isinstance(answer, Shadow | Canary | BlueGreen) or answer == BIG_BANG:
        return answer
    raise DecisionError(
        f"{kind_of(answer)} is no way of releasing. Allowed: 'big bang', sim.shadow(days), sim.canary(share, days) "
        f"and sim.blue_green(days)."
    )


POINT = DecisionPoint(
    name="release",
    discipline="mlops",
    scope="service",
    signature="'big bang', sim.shadow(days), sim.canary(share, days) or sim.blue_green(days)",
    about="How a candidate comes into use. A shadow and a canary compare its scores with those of the version in use, "
    "and stop a release that differs by more than the tolerance, so that nobody, or few, meet a bad one; they take "
    "their days and further machines. Blue-green pays for both for some days, so that the way back is immediate.",
    given={
        "big bang": "the candidate decides every case from its release on",
        "shadow": "it scores every case for some days and decides none",
        "canary": "it decides a share of the cases for some days, drawn each night",
        "blue-green": "it decides every case, and the version before is kept warm beside it for some days",
    },
    naive=BIG_BANG,
    accept=accept,
    effort_days=8,
    effort_gbp=4000,
    chosen=True,
)
