"""A game: a world, and what was decided quarter by quarter. It is kept as JSON, and written out as playbooks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.cockpit.levers import APART, LEVERS, checked
from sim.errors import StorageError, TrinityError, unknown
from sim.scenario import Scenario
from sim.scenario.scenario import build

FORMAT = "trinity-game"
VERSION = 1


@dataclass
class Game:
    """A game.

    Attributes
    ----------
    scenario : Scenario
        The world as given.
    seed : int
        Which world.
    played : list of dict
        By quarter, the choices that were in force or under way; see `sim.cockpit.levers.checked`.
    """

    scenario: Scenario
    seed: int = 0
    played: list[dict[str, str]] = field(default_factory=list)

    @property
    def settled(self) -> dict[str, str]:
        """What was decided last; nothing before the first quarter."""
        return dict(self.played[-1]) if self.played else {}

    def text(self) -> str:
        """Return the game as it is kept."""
        kept = {
            "format": FORMAT,
            "version": VERSION,
            "seed": self.seed,
            "played": self.played,
            "scenario": self.scenario.model_dump(mode="json"),
        }
        return json.dumps(kept, indent=1)

    @classmethod
    def read(cls, text: str) -> Game:
        """Return a game that `text` wrote.

        Parameters
        ----------
        text : str
            A saved game.

        Returns
        -------
        Game

        Raises
        ------
        StorageError
            The text is no saved game, is of a later version, or holds what cannot be played.
        """
        try:
            kept = json.loads(text)
        except json.JSONDecodeError as error:
            raise StorageError(
                f"The saved game is damaged: line {error.lineno} is not JSON ({error.msg}). Use another copy of it."
            ) from None
        if not isinstance(kept, dict) or kept.get("format") != FORMAT:
            found = kept.get("format") if isinstance(kept, dict) else type(kept).__name__
            raise StorageError(f"This is no saved game: its format is {found!r}, but {FORMAT!r} was expected.")
        if kept.get("version") != VERSION:
            raise StorageError(
                f"The saved game has version {kept.get('version')!r}, but this cockpit reads version {VERSION}. "
                "Open it with the Trinity that saved it."
            )
        try:
            scenario = build(kept["scenario"], "the saved game")
            seed, played = kept["seed"], kept["played"]
            if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
                raise StorageError(
                    f"The saved game's seed is {seed!r}, but a whole number of zero or more was expected."
                )
            if not isinstance(played, list) or len(played) > scenario.quarters:
                raise StorageError(
                    f"The saved game's 'played' must be a list of at most {scenario.quarters} quarters' choices."
                )
            services = [s.name for s in scenario.services]
            for name in {name.partition(APART)[2] for choices in played for name in checked(choices)} - {"", *services}:
                raise StorageError(f"The saved game decides for a service. {unknown('service', name, services)}")
            return cls(scenario, seed, [checked(choices) for choices in played])
        except KeyError as error:
            raise StorageError(f"The saved game is damaged: {error} is missing. Use another copy of it.") from None
        except StorageError:
            raise
        except TrinityError as error:
            raise StorageError(f"The saved game cannot be played: {error}") from None

    def save(self, path: str | Path) -> Path:
        """Write the game to a file, and return its path."""
        target = Path(path).expanduser()
        try:
            target.write_text(self.text(), encoding="utf-8")
        except OSError as error:
            raise StorageError(f"The game cannot be written to {target}: {error.strerror}.") from None
        return target

    @classmethod
    def load(cls, path: str | Path) -> Game:
        """Read a game from a file; see `read`."""
        source = Path(path).expanduser()
        try:
            return cls.read(source.read_text(encoding="utf-8"))
        except OSError as error:
            raise StorageError(f"The game in {source} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise StorageError(f"{source} is no saved game: it is not text.") from None

    def playbooks(self) -> str:
        """Return a Python file of the game's decisions, which `trinity run` accepts: one playbook for each quarter.

        Returns
        -------
        str
            Source text with ``q1``, ``q2`` and so on, ``playbook`` (the last of them), and ``replay()``, which plays
            the quarters one after the other.
        """
        lines = [
            f'"""Decisions of a game of {self.scenario.title}, seed {self.seed}, quarter by quarter."""',
            "",
            "import sim",
            "",
        ]
        for quarter, choices in enumerate(self.played, start=1):
            lines += _playbook(f"q{quarter}", choices)
        lines += [f"playbook = q{len(self.played)}" if self.played else "playbook = sim.Playbook()", "", ""]
        names = ", ".join(repr(s.name) for s in self.scenario.services)
        books = ", ".join(f"q{quarter}" for quarter in range(1, len(self.played) + 1))
        lines += [
            "def replay():",
            '    """Play the game again, as it was played, and return its run."""',
            f"    scenario = sim.load_scenario({self.scenario.name!r}).only({names})",
            f"    programme = sim.Programme(scenario, seed={self.seed})",
            f"    for quarter in [{books}]:",
            "        programme.step(quarter)",
            "    return programme.run()",
            "",
        ]
        return "\n".join(lines)


def _playbook(name: str, choices: dict[str, str]) -> list[str]:
    lines = [f"{name} = sim.Playbook("]
    lines += [f"    {n}={LEVERS[n].option(key).source}," for n, key in choices.items() if APART not in n]
    lines = [*lines, ")"] if len(lines) > 1 else [f"{lines[0]})"]
    for apart, key in choices.items():
        point, _, service = apart.partition(APART)
        if service:
            option = LEVERS[point].option(key)
            source = f"sim.Playbook().{point}" if option.naive else option.source
            lines.append(f"{name} = {name}.on({service!r}, {point}={source})")
    return lines


def what_if(played: list[dict[str, str]], quarter: int, choices: dict[str, Any]) -> list[dict[str, str]]:
    """Return a game's choices as they would have been, had a quarter been decided otherwise.

    Parameters
    ----------
    played : list of dict
        Choices by quarter.
    quarter : int
        The one decided otherwise, from 1.
    choices : dict of str to str
        What would have been decided then.

    Returns
    -------
    list of dict
        Earlier quarters as they were; in later ones the levers moved in this quarter stay where they were put, and the
        others are as they were.
    """
    was, new = played[quarter - 1], checked(choices)
    moved = [name for name in {**was, **new} if was.get(name) != new.get(name)]
    later = [
        checked({n: k for n, k in then.items() if n not in moved} | {n: new[n] for n in moved if n in new})
        for then in played[quarter:]
    ]
    return [*played[: quarter - 1], new, *later]
