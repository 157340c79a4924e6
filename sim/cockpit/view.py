"""The cockpit itself: a widget, its state, and what happens when somebody moves a lever."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from sim.cockpit.engine import Engine
from sim.cockpit.game import Game
from sim.cockpit.history import History
from sim.cockpit.levers import PRESETS, checked, described, fitted
from sim.cockpit.observed import Figures
from sim.cockpit.picture import empty, picture
from sim.cockpit.play import Play
from sim.errors import TrinityError
from sim.scenario import Scenario, load_scenario, scenario_names

STATIC = Path(__file__).parent / "static"
MODULES = ("dom", "format", "charts", "levers", "results", "runs", "explore", "board", "play", "main")
"""The page's modules, each before whatever imports it."""


def page_code() -> str:
    """Return the page's modules as one, which is what a widget may have."""
    parts = []
    for name in MODULES:
        text = (STATIC / f"{name}.js").read_text(encoding="utf-8")
        text = re.sub(r"^import .*?;\n", "", text, flags=re.MULTILINE)
        parts.append(re.sub(r"^export (?!default)", "", text, flags=re.MULTILINE))
    return "\n".join(parts)


class Cockpit(anywidget.AnyWidget):
    """The controls of a programme, in a notebook or on a page of its own.

    Parameters
    ----------
    scenario : Scenario
        The department.
    seed : int
        Which world.

    Attributes
    ----------
    choices : dict of str to str
        The levers' positions, as `sim.cockpit.levers.checked` returns them.
    """

    _esm = page_code()
    _css = (STATIC / "cockpit.css").read_text(encoding="utf-8")
    world = traitlets.Dict().tag(sync=True)
    levers = traitlets.List().tag(sync=True)
    choices = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    runs = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)
    mode = traitlets.Enum(("explore", "play"), "explore").tag(sync=True)
    game = traitlets.Dict().tag(sync=True)
    board = traitlets.Dict().tag(sync=True)

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        super().__init__()
        self._whole, self.seed = scenario, seed
        self.scenario = scenario
        self._engine = Engine(self._heard)
        self._now, self._before, self._pinned = empty(), None, None
        self._history = History()
        self._play: Play | None = None
        self._run = self._move = 0
        self.on_msg(self._asked)
        self._enter(scenario, seed, dict(PRESETS["typical"]))

    def _enter(self, scenario: Scenario, seed: int, choices: dict[str, str]) -> None:
        """Set out in a world."""
        self.scenario, self.seed = scenario, seed
        choices = fitted(choices, [s.name for s in scenario.services])
        self._history = History()
        self._pinned = None
        self._play, self.game, self.board = None, {}, {}
        self._now, self._before = empty(), None
        self._engine.world(scenario, seed)
        self.levers = described(scenario)
        self.world = {
            "title": self._whole.title,
            "description": self._whole.description,
            "scenario": self._whole.name,
            "scenarios": list(scenario_names()),
            "services": [{"name": s.name, "title": s.title} for s in self._whole.services],
            "chosen": [s.name for s in scenario.services],
            "seed": seed,
            "quarters": scenario.quarters,
            "start": scenario.start.isoformat(),
            "presets": {name: dict(choices) for name, choices in PRESETS.items()},
        }
        self._redraw(choices)

    @property
    def _beside(self) -> Figures | None:
        """The run that is drawn beside the newest: the one that is held, or else the one before."""
        return self._pinned or self._before

    def _pin(self, held: bool, number: int | None = None) -> None:
        """Hold a run, the newest where none is named, as the one to compare with, or let it go."""
        run = self._now if number is None else self._history.run(number)
        self._pinned = run if held and run is not None and run["end"] is not None else None
        self._look()

    def _look(self) -> None:
        """Show what there is of the newest run, and play it where that has been put off."""
        if self._now["end"] is not None:
            self._show("ready")
        elif self._run < 0:
            self._redraw(self.choices)
        else:
            self._show("playing")

    def _choose(self, choices: dict[str, str]) -> None:
        """Move levers, so that the move can be taken back."""
        before = self.choices
        if checked(choices) != before:
            self._history.leave(before)
        self._redraw(choices)

    def _redraw(self, choices: dict[str, str]) -> None:
        """Play the whole run under some choices, and draw it beside the last that was complete."""
        self.choices = checked(choices)
        if self._now["end"] is not None:
            self._before = self._now
        self._now = empty() | {"choices": self.choices}
        if (kept := self._history.find(self.choices)) is not None:
            self._engine.stop()
            self._run = -1
            self._now = kept
            self._show("ready")
            return
        self._run = self._engine.run([self.choices])
        text = f"Playing {self.scenario.quarters} quarters from the first day …"
        self.runs = self._history.state(self._now, self._beside, self._pinned is not None)
        self.status = {"state": "playing", "move": self._move, "text": text}

    def _heard(self, ticket: int, what: str, told: Any) -> None:
        if self._play is not None and self._play.heard(ticket, what, told):
            return
        if what in ("refused", "broken", "gone"):
            text = told or "The simulator stopped. Move a lever to start it again."
            self.status = {"state": "stopped", "move": self._move, "text": text}
        elif ticket == self._run:
            if what == "quarter":
                self._now["quarters"].append(told)
                self._show("playing")
            elif what == "end":
                self._now["end"] = told
                self._history.keep(self._now, self._before)
                self._show("ready")

    def _show(self, state: str) -> None:
        drawn = picture(self.scenario, self._now, self._beside) | {"held": self._pinned is not None}
        text = "Complete." if state == "ready" else f"Playing: {drawn['played']} of {drawn['of']} quarters …"
        with self.hold_sync():
            self.view = drawn
            self.runs = self._history.state(self._now, self._beside, self._pinned is not None)
            self.status = {"state": state, "move": self._move, "text": text}

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        try:
            self._answer(message)
        except TrinityError as error:
            self.status = {"state": "refused", "move": self._move, "text": str(error)}

    def _answer(self, message: dict[str, Any]) -> None:
        what = message.get("do")
        self._move = message.get("move", self._move)
        if what == "choose":
            self._choose(message["choices"])
        elif what == "undo":
            if (choices := self._history.back()) is not None:
                self._redraw(choices)
            else:
                self._look()
        elif what == "world":
            whole = self._whole
            if message["scenario"] != whole.name:
                whole = self._whole = load_scenario(message["scenario"])
            wanted = [s.name for s in whole.services if s.name in message["services"]]
            scenario = whole.only(*wanted) if 0 < len(wanted) < len(whole.services) else whole
            self._enter(scenario, message["seed"], dict(self.choices))
        elif what == "pin":
            self._pin(message["held"], message.get("run"))
        elif what == "mode":
            self.mode = message["mode"]
            if self.mode == "explore":
                self._look()
            if self.mode == "play" and self._play is None:
                self._begin(Game(self.scenario, self.seed))
        elif what == "new game":
            self._begin(Game(self.scenario, self.seed))
        elif what == "resume":
            self.resume(Game.read(message["text"]))
        elif self._play is not None:
            self._answer_in_game(self._play, message)

    def _answer_in_game(self, play: Play, message: dict[str, Any]) -> None:
        what = message["do"]
        if what == "draft":
            play.choose(message["choices"])
        elif what == "step":
            play.step()
        elif what == "branch":
            play.branch(message["quarter"], message["choices"])
        elif what == "save":
            self.send({"file": f"{self.scenario.name}-game.json", "text": play.game.text()})
        elif what == "export":
            self.send({"file": f"{self.scenario.name.replace('-', '_')}_game.py", "text": play.game.playbooks()})

    def _begin(self, game: Game) -> None:
        self.board = {}
        self._play = Play(game, self._engine, self._show_game)
        self._show_game()

    def _show_game(self) -> None:
        if self._play is not None:
            with self.hold_sync():
                self.game = self._play.state()
                self.board = self._play.picture()
                self.status = {"state": self._play.phase, "move": self._move, "text": self._play.text}

    @property
    def played(self) -> Game | None:
        """The game on the table, to be saved: ``cockpit.played.save("game.json")``."""
        return self._play.game if self._play is not None else None

    def resume(self, game: Game) -> None:
        """Go on with a game where it was left, in its own world."""
        self._whole = game.scenario
        self._enter(game.scenario, game.seed, game.settled)
        self._engine.stop()
        self._run = -1
        self.mode = "play"
        self._begin(game)

    def close(self) -> None:
        """Close the widget, and end the process behind it."""
        self._engine.close()
        super().close()
