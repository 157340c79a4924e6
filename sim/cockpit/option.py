"""One position of a lever: a decision, how it is called, and how it is written in Python."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sim import decisions, practices


@dataclass(frozen=True)
class Option:
    """One position of a lever.

    Attributes
    ----------
    label : str
        In a few words, for people.
    maker : str
        What makes the decision, as it is found in `sim`: ``"practices.validation_gate"``. Empty for a plain choice and
        for the naive default.
    arguments : tuple
        Given to the maker in order; those after the first ``len(arguments)`` come from ``parameters``.
    parameters : dict of str to Any
        Given to the maker by name.
    choice : Any
        A plain choice such as ``"hourly"``; None where there is a maker, or for the naive default.
    reference : bool
        Whether it is the reference practice.
    needs : tuple of str
        A decision point without which it does little, and what happens where that one is naive; empty where there is
        none.
    """

    label: str
    maker: str = ""
    arguments: tuple[Any, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    choice: Any = None
    reference: bool = False
    needs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The label, as it is written in a saved game."""
        return re.sub(r"[^a-z0-9]+", "-", self.label.lower())

    @property
    def naive(self) -> bool:
        """Whether it is the naive default, which takes nothing up."""
        return not self.maker and self.choice is None

    def decision(self) -> Any:
        """Return the decision itself; nothing for the naive default, which the playbook has anyway."""
        if not self.maker:
            return self.choice
        room, name = (practices, self.maker[10:]) if self.maker.startswith("practices.") else (decisions, self.maker)
        return getattr(room, name)(*self.arguments, **self.parameters)

    @property
    def source(self) -> str:
        """How the decision is written in Python, where `sim` has been imported."""
        if not self.maker:
            return repr(self.choice)
        given = [repr(value) for value in self.arguments]
        given += [f"{name}={value!r}" for name, value in self.parameters.items()]
        return f"sim.{self.maker}({', '.join(given)})"
