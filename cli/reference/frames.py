"""The page of frames: what a run leaves behind, column by column."""

from __future__ import annotations

from cli.reference.table import table
from sim.cloud.glossary import MEANING
from sim.records.glossary import ABOUT, COLUMNS

INTRODUCTION = """\
Made from the code by `make reference`; do not edit. A `sim.Run` holds these frames, each an attribute of its name \
and, saved, a Parquet file. Days are counted from the start, as floats where the hour matters; money is in pounds \
but for the ledger's whole pence; counts are people, each simulated case times its service's weight. *Hindsight* is \
what the simulator knows and the programme does not."""


def page() -> str:
    """Return the page, in Markdown."""
    told = ["# Frames of a run", INTRODUCTION]
    for name, about in ABOUT.items():
        columns = MEANING if name == "billing" else COLUMNS[name]
        told += [
            f"## {name}",
            f"{about[0].upper()}{about[1:]}.",
            table(("column", "what stands in it"), [(f"`{c}`", said) for c, said in columns.items()]),
        ]
    return "\n\n".join(told)
