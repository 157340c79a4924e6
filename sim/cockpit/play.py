"""Playing: quarter by quarter, within the money and the people there are, and what might have been at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.cockpit.engine import Engine
from sim.cockpit.game import Game, what_if
from sim.cockpit.levers import checked, stands, titled
from sim.cockpit.observed import Figures
from sim.cockpit.picture import empty, picture, tiles
from sim.cockpit.turn import bill, objections, story
from sim.errors import PlaybookError
from sim.summary import money

GONE = "The simulator stopped. What you have decided is kept: save the game and resume it, or begin a new one."


class Play:
    """A game on the table, and whatever is being looked at beside it.

    Parameters
    ----------
    game : Game
        New, or resumed.
    engine : Engine
        That plays it; its world is the game's.
    changed : callable
        Called when there is something new to show.

    Attributes
    ----------
    draft : dict of str to str
        The quarter's decisions as they stand.
    phase : str
        ``"waiting"`` (for the simulator), ``"deciding"``, ``"over"`` or ``"stopped"``.
    """

    def __init__(self, game: Game, engine: Engine, changed: Callable[[], None]) -> None:
        self.game, self._engine, self._changed = game, engine, changed
        self.draft = game.settled
        self.phase = "waiting"
        self.text = "The board meets."
        self._now, self._other = empty(), empty()
        self._asked: tuple[int, list[str]] | None = None
        self._allowance: Figures | None = None
        self._paper: Figures | None = None
        self._over: list[str] = []
        self._branch = 0
        self.ticket = engine.game(game.played)

    @property
    def quarter(self) -> int:
        """The quarter about to be decided."""
        return len(self.game.played) + 1

    def choose(self, choices: dict[str, str]) -> None:
        """Change the draft; nothing is played."""
        self.draft = checked(choices)
        self._changed()

    def objections(self) -> list[str]:
        """Say why the draft cannot be carried out; nothing when it can."""
        if self._allowance is None:
            return []
        return objections(self.game.scenario, self._allowance, self.game.settled, self.draft)

    def step(self) -> None:
        """Decide, and play the quarter.

        Raises
        ------
        PlaybookError
            If it is nobody's turn, or the draft goes beyond the money or the people there are.
        """
        if self.phase != "deciding":
            raise PlaybookError("The board is not sitting: wait for the quarter's paper, or begin a new game.")
        against = self.objections()
        if against:
            raise PlaybookError(" ".join(against))
        self.phase, self.text = "waiting", f"Quarter {self.quarter} is under way."
        self.game.played.append(dict(self.draft))
        self._engine.turn(self.draft)
        self._changed()

    def branch(self, quarter: int, choices: dict[str, str]) -> None:
        """Play the finished game again, one quarter decided otherwise, and draw it beside the game.

        Raises
        ------
        PlaybookError
            If the game is not over, or has no such quarter.
        """
        if self.phase != "over":
            raise PlaybookError("What might have been is for the end: the game is not over yet.")
        if not isinstance(quarter, int) or not 1 <= quarter <= len(self.game.played):
            raise PlaybookError(f"quarter is {quarter!r}, but it must be from 1 to {len(self.game.played)}.")
        plan = what_if(self.game.played, quarter, choices)
        was, new = self.game.played[quarter - 1], plan[quarter - 1]
        said = [f"{titled(n)}: {stands(n, new)}" for n in {**was, **new} if was.get(n) != new.get(n)]
        self._asked = (quarter, said)
        self._other = empty()
        self._branch = self._engine.run(plan)
        self._changed()

    def heard(self, ticket: int, what: str, told: Any) -> bool:
        """Take in a message; say whether it was for this game."""
        if ticket == self._branch:
            return self._heard_branch(what, told)
        if ticket != self.ticket:
            return False
        if what == "start":
            self._sit(told["allowance"])
        elif what == "quarter":
            self._now["quarters"].append(told)
            self.text = f"Quarter {told['quarter']} has been played."
        elif what == "paper":
            self._paper, self._over = told, told["over"]
            if told["allowance"] is not None:
                self._sit(told["allowance"])
        elif what == "end":
            self._now["end"] = told
            self.phase, self.text = "over", "The programme is over."
        elif what in ("refused", "broken", "gone"):
            self.phase, self.text = "stopped", told or GONE
        self._changed()
        return True

    def _sit(self, allowance: Figures) -> None:
        """Let the board sit, once everything decided so far has been played."""
        self._allowance = allowance
        if len(self._now["quarters"]) == len(self.game.played):
            self.phase, self.text = "deciding", f"Quarter {self.quarter} of {self.game.scenario.quarters} is yours."
            self.draft = self.game.settled

    def _heard_branch(self, what: str, told: Any) -> bool:
        if what == "quarter":
            self._other["quarters"].append(told)
        elif what == "end":
            self._other["end"] = told
        else:
            self.text = told or GONE
        self._changed()
        return True

    # What is shown

    def state(self) -> Figures:
        """Return what the page needs to know of the game, as plain data."""
        spent = bill(self.game.scenario, self.game.settled, self.draft)
        return {
            "phase": self.phase,
            "text": self.text,
            "quarter": self.quarter,
            "of": self.game.scenario.quarters,
            "draft": self.draft,
            "settled": self.game.settled,
            "played": self.game.played,
            "bill": spent | {"text": money(spent["gbp"])},
            "allowance": self._allowance,
            "objections": self.objections() if self.phase == "deciding" else [],
            "paper": self._page(),
            "over": self._over,
            "report": story(self._now, self._over) if self.phase == "over" else [],
            "branch": self._told_branch(),
        }

    def _page(self) -> Figures | None:
        """Return the board paper of the last quarter: its own figures beside those of the one before."""
        played = self._now["quarters"]
        if self._paper is None or not played:
            return None
        before = {"quarters": played[-2:-1], "end": None} if len(played) > 1 else None
        return {
            "quarter": self._paper["quarter"],
            "tiles": tiles(self.game.scenario, {"quarters": played[-1:], "end": None}, before, "this quarter"),
            "feed": self._paper["feed"],
            "scorecard": self._paper["scorecard"],
        }

    def _told_branch(self) -> Figures | None:
        if self._asked is None:
            return None
        quarter, moved = self._asked
        told = f"What if, in Q{quarter}: {'; '.join(moved) or 'nothing had been different'}?"
        other, end = self._other["end"], self._now["end"]
        if other is None or end is None:
            return {"text": f"{told} Playing …", "complete": False}
        gain = other["net"] - end["net"]
        verdict = f"{money(abs(gain))} {'more' if gain > 0 else 'less'} than" if round(gain) else "the same as"
        return {
            "text": f"{told} Net public value would have been {money(other['net'])}, {verdict} in your game.",
            "complete": True,
        }

    def picture(self) -> Figures:
        """Return the charts: of the game so far, or of what might have been, beside the game."""
        if self._asked is not None and self._other["quarters"]:
            return picture(self.game.scenario, self._other, self._now)
        return picture(self.game.scenario, self._now, None)
