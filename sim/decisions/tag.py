"""Decision point ``tag``: what is written on each resource of the cloud, so that its cost can be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError

OWNER = "owner"
"""The tag that names who answers for a resource: a service, or ``"shared"``."""

LONGEST = 256
"""Letters that a tag's name or value may have, as providers allow them."""

ASSET = {
    "name": "name of the resource on the bill",
    "kind": "what it is for",
    "environment": "production, test or development",
    "size": "its size now",
    "requested_by": "service whose team asked for it, by the request; 'shared' where it was for all",
    "day": "day from the start",
}


@dataclass(frozen=True)
class Asset:
    """A resource that may be tagged.

    Attributes
    ----------
    name, kind, environment, size : str
        What it is.
    requested_by : str
        The service whose team asked for it, by the request; ``"shared"`` where it was for all.
    day : int
        Today.
    """

    name: str
    kind: str
    environment: str
    size: str
    requested_by: str
    day: int


class Tag(Protocol):
    """A rule for tagging."""

    def __call__(self, resource: Asset) -> Mapping[str, str]:
        """Return the tags of a resource, by name."""
        ...


def untagged(resource: Asset) -> dict[str, str]:
    """Tag nothing: the naive default."""
    return {}


def accept(answer: object, resource: Asset) -> dict[str, str]:
    """Return the tags, or raise `DecisionError`."""
    if not isinstance(answer, Mapping):
        raise DecisionError(
            f"it returned {kind_of(answer)}, but a dict of tags was expected, such as {{'owner': ...}}."
        )
    for name, value in answer.items():
        for what, text in (("name of a tag", name), ("value of a tag", value)):
            if not isinstance(text, str) or not text or len(text) > LONGEST:
                said = f"{len(text)} letters long" if isinstance(text, str) and text else kind_of(text)
                raise DecisionError(
                    f"the {what} is {said}, but a text of 1 to {LONGEST} letters was expected; leave out a tag that "
                    "is not known."
                )
    return dict(answer)


POINT = DecisionPoint(
    name="tag",
    discipline="finops",
    scope="programme",
    signature="(resource) -> dict of tags",
    about="Asked once for each resource when a rule comes into force. Somebody then writes the tags on one resource "
    "after another, which takes an hour for each, and longer for what nobody remembers; they stand on the bill from "
    "the day after. The tag 'owner' names the service that answers for it, or 'shared'.",
    given=ASSET,
    naive=untagged,
    accept=accept,
    effort_days=3,
    effort_gbp=200,
)
