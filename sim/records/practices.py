"""What a practice is called in a sentence for people who take no decisions of their own in it."""

from __future__ import annotations

PRACTICES: dict[str, str] = {
    "validate": "a gate for records",
    "repair": "the repair of records",
    "ingest": "a quicker intake",
    "contracts": "data contracts",
    "watch_data": "a watch on the data",
    "protect": "the protection of personal data",
    "retain": "rules for how long records are kept",
    "catalogue": "the data catalogue",
    "train": "another way of training",
    "promote": "a test before a new model replaces the old",
    "watch_model": "a monitor of the models",
    "retrain": "a rule for retraining",
    "release": "careful releases",
    "roll_back": "a rule for taking a release back",
    "decide": "another rule for deciding on cases",
    "versioning": "a registry of versions",
    "tests": "tests before release",
    "tag": "tags on what is paid for",
    "allocate": "the allocation of the bill",
    "size": "machines of the right size",
    "scale": "machines that follow the load",
    "commit": "commitments to the provider",
    "place": "a better place and hour for training",
    "watch_spend": "a watch on spend",
    "forecast": "a forecast of spend",
    "fund": "another split of the budget",
    "organise": "a new organisation of the teams",
    "adopt": "an order for taking up practices",
    "govern": "governance",
}
"""By decision point: the practice in words."""


def said(point: str) -> str:
    """Return a practice in words, with the name of its decision point: ``"a gate for records (validate)"``."""
    return f"{PRACTICES[point]} ({point})" if point in PRACTICES else point
