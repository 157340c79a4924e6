"""An ordinary user can mark: the best walls stand without any right of root's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.jail import bubblewrap, walls

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "65534"
CODE = """
import os
from autograder.jail import Jail, walls
problem = walls.standing()[walls.Walls.BUBBLEWRAP]
if problem:
    print("cannot:", problem)
    raise SystemExit
with Jail(walls.Walls.BUBBLEWRAP) as jail:
    inmate = jail.admit()
    for cell in ("import os; os.getuid()", "import socket; socket.socket()", "import sim; 6 * 7"):
        inmate.line.send({"cell": cell})
        last = inmate.line.receive(60)["ran"][-1]
        print(last.get("ename") or last["data"]["text/plain"])
    inmate.end()
"""


def as_nobody() -> list[str]:
    """The words that make an ordinary user of root, for whom Python and the project can be read."""
    show = [word for path in [*bubblewrap.installed(), ROOT] for word in ("--ro-bind", str(path), str(path))]
    above = {parent for path in [*bubblewrap.installed(), ROOT] for parent in path.parents} - {Path("/")}
    closed = sorted(path for path in above if not path.stat().st_mode & 0o001)
    hidden = [word for path in closed for word in ("--perms", "0755", "--tmpfs", str(path))]
    inner = sorted(path for path in above if any(path != outer and path.is_relative_to(outer) for outer in closed))
    hidden += [word for path in inner for word in ("--perms", "0755", "--dir", str(path))]
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [str(walls.program()), "--dev-bind", "/", "/", *hidden, *show, *drop]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="marking needs Linux")
def test_an_ordinary_user_has_the_best_walls() -> None:
    if walls.program() is None or (os.geteuid() == 0 and shutil.which("setpriv") is None):
        pytest.skip("bubblewrap or setpriv is not installed")
    before = as_nobody() if os.geteuid() == 0 else []
    done = subprocess.run(
        [*before, sys.executable, "-B", "-c", CODE],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": "/tmp"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    if done.stdout.startswith("cannot:"):
        pytest.skip(f"this machine gives an ordinary user no namespaces: {done.stdout}")
    user = NOBODY if os.geteuid() == 0 else str(os.geteuid())
    assert done.stdout.split() == [user, "PermissionError", "42"]
