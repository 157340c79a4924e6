"""Numbers that are fixed in the code and no parameters of a scenario: found by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sim
from cli.reference.table import shown, table
from sim.cloud.prices import PRICES, USD_TO_GBP

HOME = Path(sim.__file__).parent
ROOMS = ("world", "data", "models", "cloud", "organisation", "decisions", "programme")
FILES = ("calendar.py",)


def fixed() -> str:
    """Return the section of fixed numbers, and the price list, in Markdown."""
    prices = [
        (f"`{p.sku}`", p.family, f"{p.usd:g}", f"{p.usd * USD_TO_GBP:.4g}", p.unit, p.source) for p in PRICES.values()
    ]
    return "\n\n".join(
        [
            "## Prices",
            f"The price list, in London, before any change of price: US dollars as published, and pounds at "
            f"{USD_TO_GBP:g} for a dollar. It is no part of a scenario.",
            table(("line", "family", "USD", "GBP", "for", "source"), prices),
            "## Numbers fixed in the code",
            "Constants of the mechanisms. They are the same in every scenario; to try another, change the code. Where "
            "no source is named, they are general knowledge or a choice of the model.",
            table(("number", "value", "what it is"), [(f"`{n}`", v, about) for n, v, about in constants()]),
        ]
    )


def constants() -> Iterator[tuple[str, str, str]]:
    """Yield name, value and description of every described number that stands at the top of a mechanism's file."""
    paths = [HOME / name for name in FILES] + [path for room in ROOMS for path in sorted((HOME / room).glob("*.py"))]
    for path in paths:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        module = ".".join(path.relative_to(HOME).with_suffix("").parts)
        for node, below in zip(body, body[1:], strict=False):
            told = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and below.value.value
            place = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(place, ast.Name) and node.value is not None and isinstance(told, str):
                name, value = place.id, _number(node.value)
                if value and name.isupper() and not name.startswith("_"):
                    yield f"{module}.{name}", value, told


def _number(node: ast.expr) -> str:
    """Return a number, or a few of them, as text; nothing for anything else."""
    if isinstance(node, ast.BinOp) and all(_number(side) for side in (node.left, node.right)):
        return ast.unparse(node)
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return ""
    several = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in several):
        return ""
    return ", ".join(shown(one) for one in several)
