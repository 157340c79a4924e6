"""Reference practices of allocation: an owner on every resource, and a bill for every owner."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from sim.decisions.allocate import SHARED
from sim.decisions.tag import OWNER, Asset


@dataclass(frozen=True)
class tag_by_owner:  # noqa: N801 - a practice is named as it is called
    """Name on each resource who answers for it, what it is part of, and where it runs.

    Parameters
    ----------
    environments : tuple of str
        Those to be tagged; all when empty.
    """

    environments: tuple[str, ...] = ()

    def __call__(self, resource: Asset) -> dict[str, str]:
        """Return its tags."""
        if self.environments and resource.environment not in self.environments:
            return {}
        return {
            OWNER: resource.requested_by,
            "Application": resource.requested_by,
            "environment": resource.environment,
        }


@dataclass(frozen=True)
class allocate_by_tags:  # noqa: N801
    """Give each owner what their tag stands on, and split what is tagged as shared by a stated key.

    The key is use, by cost: a service that takes two thirds of what has an owner bears two thirds of what is shared.
    What has no tag stays with nobody.

    Parameters
    ----------
    tag : str
        Name of the tag.
    """

    tag: str = OWNER

    def __call__(self, billing: pd.DataFrame) -> pd.DataFrame:
        """Return service, ResourceId and cost_gbp."""
        owners = {text: json.loads(text).get(self.tag, "") for text in billing["Tags"].unique()}
        rows = billing.assign(service=billing["Tags"].map(owners), cost_gbp=billing["EffectiveCost"])
        cost = rows.groupby(["service", "ResourceId"], dropna=False)["cost_gbp"].sum().reset_index()
        named = ~cost["service"].isin(["", SHARED])
        own, common, nobodys = cost[named], cost[cost["service"] == SHARED], cost[cost["service"] == ""]
        key = own.groupby("service")["cost_gbp"].sum()
        if key.sum() <= 0:
            return cost.assign(service=SHARED)
        split = [
            common.assign(service=service, cost_gbp=common["cost_gbp"] * share)
            for service, share in (key / key.sum()).items()
        ]
        return pd.concat([own, *split, nobodys.assign(service=SHARED)], ignore_index=True)
