"""What of a bill an allocation may leave out, and where to look for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from autograder.tasks.m10.bills import owners
from sim.decisions.allocate import SHARED

DROPNA = "the lines without a ResourceId"
SHARES = "the lines tagged 'shared'"

LEFT_OUT: Mapping[str, tuple[Callable[[pd.DataFrame], pd.Series], str, str]] = {
    DROPNA: (
        lambda bill: bill["ResourceId"].isna(),
        "Which lines of a bill have no ResourceId, and what does groupby do with them?",
        "groupby leaves out what is empty in a column that it groups by, unless you say dropna=False.",
    ),
    "the credits": (
        lambda bill: bill["ChargeCategory"] == "Credit",
        "They are filtered out, whatever their ResourceId: which of your lines keeps some kinds of charge only?",
        "Allocate every line of the bill: no condition on ChargeCategory.",
    ),
    "the corrections": (
        lambda bill: bill["ChargeClass"] == "Correction",
        "They are filtered out: which of your lines keeps some classes of charge only?",
        "Allocate every line of the bill: no condition on ChargeClass.",
    ),
    "the unused hours of the commitment": (
        lambda bill: bill["CommitmentDiscountStatus"] == "Unused",
        "It is filtered out. It was paid for, and names no owner: where does it go?",
        "Allocate every line of the bill: no condition on CommitmentDiscountStatus.",
    ),
    "the lines that name no owner": (
        lambda bill: owners(bill) == "",
        "What names no owner is dropped: it needs rows of its own, so that everybody sees how much it is.",
        "Add the rows without an owner to the others, with service 'shared' and key 'none'.",
    ),
    SHARES: (
        lambda bill: owners(bill) == SHARED,
        "What is tagged 'shared' is dropped: who bears it, and by what key?",
        "Each shared resource has a row for each service: common.assign(service=..., cost_gbp=...).",
    ),
    "the lines that name no owner and those tagged 'shared'": (
        lambda bill: owners(bill).isin(["", SHARED]),
        "Only what services own is left; two parts of the bill are dropped. Which, and where do they go?",
        "What is tagged 'shared' is split among the services; what names no owner goes to 'shared', key 'none'.",
    ),
}
"""Lines that an answer may lack: which they are, where to look, and a hint. What comes first is said."""
