"""What would run in a browser that shows a page."""

from __future__ import annotations

from html.parser import HTMLParser

MARK = "PWNED"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        for name, value in attributes:
            said = value or ""
            runs = name.startswith("on") or name == "srcdoc" or said.strip().lower().startswith("javascript:")
            if runs and MARK in said:
                self.found.append(f"<{tag} {name}>")

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and MARK in data:
            self.found.append("<script>")


def running(page: str) -> list[str]:
    """Return each place of a page at which the attacker's script would run."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found
