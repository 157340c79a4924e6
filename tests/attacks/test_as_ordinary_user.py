"""The bank where an ordinary user marks, not root: in the best walls that can be built, and in the second choice.

One or two of each family; ``TRINITY_ATTACKS=all`` for the whole bank, which takes some ten minutes for each.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.jail import Walls, walls
from tests.attacks.scene import ROOT
from tests.autograder.test_ordinary_user import NOBODY, as_nobody

WHOLE = os.environ.get("TRINITY_ATTACKS") == "all"


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder of the ordinary user's own; pytest's are closed to others whenever a run of its own begins."""
    with tempfile.TemporaryDirectory(prefix="trinity-") as place:
        if os.geteuid() == 0:
            os.chown(place, int(NOBODY), int(NOBODY))
        yield Path(place)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="marking needs Linux")
@pytest.mark.parametrize("kind", [Walls.BUBBLEWRAP, Walls.LANDLOCK])
def test_it_fails_where_an_ordinary_user_marks(theirs: Path, kind: Walls) -> None:
    if walls.standing()[kind] or (os.geteuid() == 0 and shutil.which("setpriv") is None):
        pytest.skip(f"{kind} or setpriv is not there: {walls.standing()[kind]}")
    before = as_nobody() if os.geteuid() == 0 else []
    chosen = "in_the_jail" if WHOLE else "test_it_fails_in_the_jail"
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={theirs / 'run'}", "-k", chosen]
    done = subprocess.run(
        [*before, sys.executable, "-B", *words, "tests/attacks/test_attacks.py"],
        cwd=ROOT,
        env={**os.environ, "HOME": str(theirs), "TMPDIR": str(theirs), "TRINITY_WALLS": str(kind)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    print(done.stdout.strip().splitlines()[-1])
