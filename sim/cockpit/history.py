"""The runs of a world: what was moved for each, what it came to, and the way back."""

from __future__ import annotations

from sim.cockpit.charts import overspent, spent_gbp
from sim.cockpit.levers import PRESETS, Choices, stands, titled
from sim.cockpit.observed import Figures
from sim.cockpit.picture import headline_figures
from sim.summary import money

NAMED = 2
"""The most levers that are named when several have been moved at once."""


class History:
    """Every run that has been played to its end, in the order in which they were, and the moves to take back."""

    def __init__(self) -> None:
        self._runs: dict[str, Figures] = {}
        self._moved: dict[str, str] = {}
        self._left: list[dict[str, str]] = []

    def leave(self, choices: dict[str, str]) -> None:
        """Note what stood before a move."""
        self._left.append(choices)

    def back(self) -> dict[str, str] | None:
        """Return what stood before the newest move that has not been taken back; None where there is none."""
        return self._left.pop() if self._left else None

    def find(self, choices: Choices) -> Figures | None:
        """Return the run of some choices, if it has been played to its end."""
        return self._runs.get(repr(choices))

    def keep(self, run: Figures, before: Figures | None) -> None:
        """Keep a run that has been played to its end, and what was moved since the one before."""
        key = repr(run["choices"])
        self._runs[key] = run
        self._moved[key] = moved(before["choices"] if before else None, run["choices"])

    def run(self, number: int) -> Figures | None:
        """Return a run by its number, counted from 1."""
        runs = list(self._runs.values())
        return runs[number - 1] if 0 < number <= len(runs) else None

    def state(self, now: Figures, beside: Figures | None, held: bool) -> Figures:
        """Return the list as the page shows it.

        Parameters
        ----------
        now, beside : dict
            The newest run, and the one that it is compared with.
        held : bool
            Whether every further run is compared with that one too.

        Returns
        -------
        dict
            ``rows`` (number, moved, spend, over, gap, value, counts, choices, now and beside), ``undo`` (whether there
            is a move to take back), ``compared`` (a sentence) and ``costs`` (as `costs` returns them).
        """
        rows = []
        for number, (key, run) in enumerate(self._runs.items(), start=1):
            over = ", ".join(f"Q{quarter}" for quarter in overspent(run["quarters"]))
            rows.append(
                {
                    "number": number,
                    "moved": self._moved[key],
                    "over": over or "none",
                    **headline_figures(run["quarters"]),
                    "counts": run["end"]["counts"],
                    "choices": run["choices"],
                    "now": run is now,
                    "beside": held and run is beside,
                }
            )
        return {
            "rows": rows,
            "undo": bool(self._left),
            "compared": self._compared(beside, held),
            "costs": self.costs(now),
        }

    def costs(self, now: Figures) -> dict[str, dict[str, str]]:
        """Return what each lever's position costs over a whole run, where another run tells it.

        Parameters
        ----------
        now : dict
            The newest run; nothing is known before it is complete.

        Returns
        -------
        dict of str to dict
            By what is chosen (as `sim.cockpit.levers.Choices`), ``text`` and ``about``: the spend of the newest run
            less that of the last other in which nothing else was chosen otherwise. What taking it up costs is in it.
        """
        told = {}
        for number, run in enumerate(self._runs.values() if now["end"] is not None else (), start=1):
            apart = differing(run["choices"], now["choices"])
            if len(apart) == 1:
                more = spent_gbp(now["quarters"]) - spent_gbp(run["quarters"])
                told[apart[0]] = {
                    "text": f"spend {'+' if more >= 0 else '−'}{money(abs(more))} on run {number}",
                    "about": f"Spend of the whole run less that of run {number}, where this lever alone stood "
                    f"otherwise ({stands(apart[0], run['choices'])}); what taking it up costs is in it.",
                }
        return told

    def _compared(self, beside: Figures | None, held: bool) -> str:
        if beside is None:
            return ""
        number = list(self._runs).index(repr(beside["choices"])) + 1
        which = f"run {number} ({self._moved[repr(beside['choices'])]})"
        until = "and so is every further run, until you press Compare again" if held else "the one before"
        return f"Compared with {which}, {until}."


def differing(before: Choices, after: Choices) -> list[str]:
    """Return the names of what is chosen otherwise."""
    return [n for n in {**before, **after} if before.get(n) != after.get(n)]


def moved(before: Choices | None, after: Choices) -> str:
    """Say what was moved from some choices to others.

    Parameters
    ----------
    before, after : mapping of str to str
        Choices; nothing was before the first.

    Returns
    -------
    str
        For instance ``"Retention: Tiered"``, or how many levers there were, or the name of a preset.
    """
    named = next((name.capitalize() for name, choices in PRESETS.items() if choices == after), "")
    if before is None:
        return f"{named or 'own levers'}, the first"
    names = differing(before, after)
    if named and len(names) != 1:
        return named
    said = [f"{titled(n)}: {stands(n, after)}" for n in names]
    return "; ".join(said) if len(said) <= NAMED else f"{len(said)} levers"
