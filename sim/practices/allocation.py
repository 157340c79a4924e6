"""Reference practices of allocation: an owner on every resource, and a bill for every owner."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
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
        bill, texts = billing["Tags"].array.factorize(use_na_sentinel=False)
        tagged, owners = _in_order(np.array([json.loads(t).get(self.tag, "") for t in texts], dtype=object))
        named, names = billing["ResourceId"].array.factorize(use_na_sentinel=False)
        resource, resources = _in_order(names.to_numpy(dtype=object))
        cost = billing["EffectiveCost"].groupby(tagged[bill] * len(resources) + resource[named]).sum()
        owner, of = np.divmod(cost.index.to_numpy(), len(resources))
        gbp = cost.to_numpy()
        named = ~np.isin(owners, ["", SHARED])[owner]
        key = pd.Series(gbp[named]).groupby(owner[named]).sum()
        if key.sum() <= 0:
            return pd.DataFrame({"service": SHARED, "ResourceId": resources[of], "cost_gbp": gbp})
        common, nobodys = (np.nonzero((owners == name)[owner])[0] for name in (SHARED, ""))
        places = [np.nonzero(named)[0], *[common] * len(key), nobodys]
        whose = [owners[owner[named]], *([owners[s]] * len(common) for s in key.index), [SHARED] * len(nobodys)]
        parts = [gbp[named], *(gbp[common] * share for share in key / key.sum()), gbp[nobodys]]
        return pd.DataFrame(
            {
                "service": np.concatenate(whose),
                "ResourceId": resources[of[np.concatenate(places)]],
                "cost_gbp": np.concatenate(parts),
            }
        )


def _in_order(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of each text among all that there are, and those in order; one that is missing comes last."""
    known = sorted({text for text in texts if not pd.isna(text)})
    place = {text: k for k, text in enumerate(known)}
    gaps = len(known) < len(texts) and any(pd.isna(text) for text in texts)
    return np.array([place.get(text, len(known)) for text in texts], dtype=int), np.array(
        [*known, *[np.nan] * gaps], dtype=object
    )
