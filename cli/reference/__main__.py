"""`python -m cli.reference`: write the reference pages anew."""

from __future__ import annotations

from pathlib import Path

from cli.reference import decisions, frames, parameters
from cli.reference.busy import readers

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "reference"


def main() -> None:
    """Write every page of the folder that is made from the code."""
    FOLDER.mkdir(exist_ok=True)
    pages = {"parameters": parameters.page(readers()), "decisions": decisions.page(), "frames": frames.page()}
    for name, text in pages.items():
        (FOLDER / f"{name}.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
