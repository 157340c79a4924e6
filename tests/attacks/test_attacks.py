"""Submissions that mean harm: none succeeds in the jail, and most succeed where nbgrader marks without one.

The whole bank is run in the best walls that can be built; with ``TRINITY_WALLS=landlock`` in the second choice.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator

import pytest

from autograder.jail import Jail, Limits, Walls
from autograder.jail.walls import standing
from autograder.marks import preprocessor
from tests.attacks.attack import Attack, bank
from tests.attacks.notebook import source
from tests.attacks.scene import ROOT, Scene
from tests.attacks.scripts import running

BANK = bank()
HURRIED = Limits(cell=8.0, call=4.0, grace=2.0, wall=60.0, processor=40)
SHORT = {
    "forging-replace-the-registered-check",
    "forging-another-display-hook",
    "reading-the-gradebook",
    "reading-a-link-out-of-the-folder",
    "changing-write-into-the-gradebook",
    "changing-delete-the-marking-cell",
    "messages-say-that-the-cell-ran-and-earned",
    "messages-a-value-that-names-a-function",
    "messages-noise",
    "exhausting-leave-at-once",
    "exhausting-memory",
    "escaping-connect",
    "escaping-signal-somebody-else",
    "escaping-a-daemon",
    "injecting-HTML-with-a-script",
    "injecting-prose-with-a-link",
}
"""One or two of each family, run every time."""

SECOND = {
    "reading-the-gradebook",
    "messages-noise",
    "escaping-connect",
    "escaping-signal-somebody-else",
    "escaping-a-daemon",
    "exhausting-processes",
    "changing-leave-something-for-the-next-learner",
}
"""Those that lean on the walls most, run every time in the second choice too."""

STATED = {"exhausting-many-files"}
"""What the second choice is said not to stop, in docs/how-to/mark-a-class.md: files are limited one by one."""


def named(attack: Attack) -> str:
    return attack.learner


@pytest.fixture(scope="module")
def setting() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOKEN", "CANARY-environment")
        yield patch


@pytest.fixture(scope="module")
def jailed(tmp_path_factory: pytest.TempPathFactory, setting: pytest.MonkeyPatch) -> Iterator[Scene]:
    setting.setattr(preprocessor, "Jail", functools.partial(Jail, limits=HURRIED))
    setting.setattr(preprocessor, "_jails", {})
    if os.environ.get("TRINITY_WALLS"):
        walls = Walls(os.environ["TRINITY_WALLS"])
        setting.setattr(preprocessor, "choose", lambda without_jail: walls)
    scene = Scene(tmp_path_factory.mktemp("jailed"), jailed=True)
    yield scene
    scene.close()
    for key in list(preprocessor._jails):
        preprocessor.close_jail(key)


@pytest.fixture(scope="module")
def landlocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The same within the second choice of walls, whatever the first."""
    if standing()[Walls.LANDLOCK]:
        pytest.skip(f"there is no second choice on this machine: {standing()[Walls.LANDLOCK]}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOKEN", "CANARY-environment")
        patch.setattr(preprocessor, "Jail", functools.partial(Jail, limits=HURRIED))
        patch.setattr(preprocessor, "_jails", {})
        patch.setattr(preprocessor, "choose", lambda without_jail: Walls.LANDLOCK)
        scene = Scene(tmp_path_factory.mktemp("landlocked"), jailed=True)
        yield scene
        scene.close()
        for key in list(preprocessor._jails):
            preprocessor.close_jail(key)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, setting: pytest.MonkeyPatch) -> Iterator[Scene]:
    """The same without a jail; the kernel imports a copy of the marking, which an attack may spoil."""
    folder = tmp_path_factory.mktemp("plain")
    shutil.copytree(ROOT / "autograder", folder / "house" / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "course", folder / "house" / "course", ignore=shutil.ignore_patterns("source", "release"))
    scene = Scene(folder, jailed=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder / "house"), str(ROOT)]))
        patch.setenv("HOME", str(scene.home))
        yield scene
    scene.close()


def fails(scene: Scene, attack: Attack) -> None:
    """See one attack fail, and cost nobody but its author."""
    found = scene.meet(attack)
    assert not found.problem, found.problem
    assert not found.won(attack), f"{attack.what}: {found.scores}, {found.signs}, {found.shown[:2000]}"
    assert found.scores.keys() == {"psi", "ks"}
    assert found.scores["psi"] == 0.0
    if not attack.alone:
        assert found.scores["ks"] == 2.0, "the next task's answer is right, and earns its points"


def test_there_are_many_and_each_is_its_own():
    assert len(BANK) >= 60
    assert len({attack.learner for attack in BANK}) == len(BANK)
    assert {attack.learner for attack in BANK} >= SHORT | SECOND


@pytest.mark.parametrize("attack", [a for a in BANK if a.learner in SHORT], ids=named)
def test_it_fails_in_the_jail(jailed: Scene, attack: Attack):
    fails(jailed, attack)


@pytest.mark.slow
@pytest.mark.parametrize("attack", [a for a in BANK if a.learner not in SHORT], ids=named)
def test_the_others_fail_in_the_jail_too(jailed: Scene, attack: Attack):
    if os.environ.get("TRINITY_WALLS") == Walls.LANDLOCK and attack.learner in STATED:
        pytest.xfail("the second choice limits each file, and not all together")
    fails(jailed, attack)


@pytest.mark.slow
@pytest.mark.parametrize("attack", [a for a in BANK if a.plain], ids=named)
def test_it_succeeds_without_one(plain: Scene, attack: Attack):
    found = plain.meet(attack)
    assert found.won(attack), f"{attack.what}: {found.scores}, {found.problem[-500:]}, {found.shown[-1500:]}"


@pytest.mark.parametrize("attack", [a for a in BANK if a.learner in SECOND], ids=named)
def test_it_fails_in_the_second_choice_of_walls(landlocked: Scene, attack: Attack):
    fails(landlocked, attack)


def test_a_page_is_searched_for_what_runs():
    assert running("<p>PWNED</p>") == []
    assert running("<script>document.title='PWNED'</script>") == ["<script>"]
    assert running('<img onerror="x=\'PWNED\'"><a href=" JavaScript:PWNED">a</a>') == ["<img onerror>", "<a href>"]
    assert running("&lt;script&gt;PWNED&lt;/script&gt;") == []


def test_the_notebook_is_one_of_two_tasks():
    graded = [
        cell.metadata.nbgrader.grade_id for cell in source().cells if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert graded == ["psi", "ks", "brief"]
