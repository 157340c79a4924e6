"""The warm process: it has the imports that every lesson needs, and forks one process for each submission.

It stands within the outer walls and is trusted; it runs nothing of a learner's. Each submission it forks gets walls of
its own, so that one learner's process never meets another's.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from importlib import import_module

from autograder.bridge import Line
from autograder.errors import BridgeError
from autograder.jail import kernel
from autograder.jail.limits import Limits
from autograder.jail.walls import Walls

WARM = (
    "numpy pandas scipy.stats sklearn.linear_model sklearn.pipeline sklearn.impute sklearn.ensemble matplotlib.pyplot "
    "matplotlib_inline.backend_inline duckdb pandera.pandas river IPython sim sim.programme sim.practices sim.plots "
    "sim.experiments sim.exports autograder autograder.jail.shell"
).split()
"""What is imported before anything is forked."""

FIRST_WORDS = 30.0
ADMIT, REHEARSE = b"A", b"R"


def main() -> None:
    """Answer each pair of sockets that comes down the control line with a new process, until that line is closed."""
    walls, control = Walls(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in WARM:
            import_module(name)
    control.sendall(b"W")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        try:
            word, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        except InterruptedError:
            continue
        if not word:
            return
        line, leash = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        if word == REHEARSE:
            _rehearse(Line(line))
            leash.close()
            continue
        if os.fork() == 0:
            control.close()
            _keep(walls, line, leash)
        line.close()
        leash.close()


def _rehearse(line: Line) -> None:
    """Run a lesson's own cells for what they simulate; they are the course's, and trusted."""
    from autograder.jail import rehearsal

    line.send({"remembered": rehearsal.rehearse(line.receive(FIRST_WORDS)["cells"])})
    line.close()


def _keep(walls: Walls, line: socket.socket, leash: socket.socket) -> None:
    """Start one submission, watch over it, and say how it ended; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        about = Line(line).receive(FIRST_WORDS)
        limits = Limits(**about["limits"])
        if walls is Walls.BUBBLEWRAP:
            from autograder.jail import isolation

            isolation.leave_namespaces()
        elif sys.platform == "linux":
            kernel.adopt_orphans()
        child = os.fork()
        if child == 0:
            leash.close()
            _begin(walls, line, limits, about)
        line.close()
        ended = _watch(child, leash, limits.wall)
        _end_orphans()
        leash.sendall(json.dumps({"ended": ended}).encode())
    except (OSError, BridgeError) as error:
        leash.sendall(json.dumps({"failed": str(error)}).encode())
    finally:
        os._exit(0)


def _watch(child: int, leash: socket.socket, wall: float) -> str:
    """Wait for a submission's end; end it when the marking lets go or its time is up."""
    watched = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    until, why = time.monotonic() + wall, ""
    while True:
        left = until - time.monotonic()
        ready, _, _ = select.select(
            [leash, *([watched] if watched is not None else [])], [], [], min(max(left, 0), 0.5)
        )
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if leash in ready or left <= 0:
            why = "its time was up" if left <= 0 else "it was ended"
            _kill(child)
            _, status = os.waitpid(child, 0)
            break
    code = os.waitstatus_to_exitcode(status)
    return why or (f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}")


def _kill(child: int) -> None:
    """End a submission: the first process of its namespace takes all others with it; elsewhere its group goes."""
    for end in (os.killpg, os.kill):
        try:
            end(child, signal.SIGKILL)
        except OSError:
            continue


def _end_orphans() -> None:
    """End what a submission left running, where no namespace ends it: it has become this process's child."""
    while True:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children") as listed:
                left = [int(word) for word in listed.read().split()]
        except OSError:
            return
        if not left:
            return
        for child in left:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _begin(walls: Walls, line: socket.socket, limits: Limits, about: dict) -> None:
    """Be the first process of a submission: put up the last walls, and in another process run it; never returns."""
    from autograder.jail import inmate

    code = 70
    try:
        os.setsid()
        inmate.quiet_descriptors(line)
        if walls is Walls.BUBBLEWRAP:
            _reap_for(walls, line, limits, about)
        else:
            _live(walls, line, limits, about)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        os._exit(code)


def _reap_for(walls: Walls, line: socket.socket, limits: Limits, about: dict) -> None:
    """Have a child live the submission's life, and bury what it leaves behind: a namespace needs a first process."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            _live(walls, line, limits, about)
            code = 0
        finally:
            os._exit(code)
    line.close()
    while True:
        done, status = os.wait()
        if done == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _live(walls: Walls, line: socket.socket, limits: Limits, about: dict) -> None:
    from autograder.jail import inmate, isolation

    folder = isolation.close_in(walls, limits, about["slot"])
    inmate.live(Line(line), limits, folder, about["files"])


if __name__ == "__main__":
    main()
