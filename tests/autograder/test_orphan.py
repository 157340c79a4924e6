"""A worker whose parent was killed does not stay behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import os, subprocess, sys, time
if sys.argv[1] == "worker":
    from autograder.marks.orphan import end_with
    end_with(int(sys.argv[2]))
    print(os.getpid(), flush=True)
    time.sleep(60)
else:
    subprocess.run([sys.executable, "-c", sys.argv[2], "worker", str(os.getpid() if sys.argv[1] == "own" else 1)])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="marking needs Linux")
@pytest.mark.parametrize(("whose", "ends"), [("own", True), ("another", False)])
def test_a_worker_ends_with_its_own_parent_alone(whose: str, ends: bool) -> None:
    words = [sys.executable, "-c", CODE, whose, CODE]
    with subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as parent:
        worker = int(parent.stdout.readline())
        parent.kill()
        for _ in range(100):
            if not Path(f"/proc/{worker}").exists():
                break
            time.sleep(0.05)
            if not ends:
                break
        alive = Path(f"/proc/{worker}").exists()
        if alive:
            os.kill(worker, 9)
    assert alive != ends
