"""Where the time of a run goes, by part, so that a claim about speed can be checked.

Time is the processor's, which other programmes on the machine do not add to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import process_time

PARTS = ("engine", "pipeline", "learning", "decisions", "records")


@dataclass
class Stopwatch:
    """Self-time in seconds by part: time in an inner part is not counted in the outer one.

    Attributes
    ----------
    seconds : dict of str to float
        Processor seconds by part, in the order of `PARTS`.
    """

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    _stack: list[str] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Charge the time inside the block to a part.

        Parameters
        ----------
        name : str
            One of `PARTS`.
        """
        self.enter(name)
        try:
            yield
        finally:
            self.leave()

    def enter(self, name: str) -> None:
        """Begin charging a part; the outer one stops until `leave`."""
        now, stack = process_time(), self._stack
        if stack:
            self.seconds[stack[-1]] += now - self._since
        stack.append(name)
        self._since = now

    def leave(self) -> None:
        """End the innermost part and resume the one around it."""
        now = process_time()
        self.seconds[self._stack.pop()] += now - self._since
        self._since = now
