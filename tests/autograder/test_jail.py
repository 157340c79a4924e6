"""What a submission cannot do in a jail, with each kind of wall that this machine can build."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import JailError
from autograder.jail import Inmate, Jail, Limits, Walls, choose, isolation, landlock, seccomp, walls
from autograder.jail.limits import MEBIBYTE

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(cell=4.0, call=2.0, grace=2.0, output=100_000, file_size=4 * MEBIBYTE, disk=8 * MEBIBYTE, processes=40)
KINDS = [Walls.BUBBLEWRAP, pytest.param(Walls.LANDLOCK, marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=KINDS)
def jail(request: pytest.FixtureRequest) -> Iterator[Jail]:
    problem = walls.standing()[request.param]
    if problem:
        pytest.skip(f"{request.param} cannot be built here: {problem}")
    os.environ["MARKERS_OWN"] = "a token"
    try:
        with Jail(request.param, LIMITS) as jail:
            yield jail
    finally:
        del os.environ["MARKERS_OWN"]


@pytest.fixture
def inmate(jail: Jail) -> Iterator[Inmate]:
    inmate = jail.admit({"data/readings.csv": b"1,2\n"})
    yield inmate
    inmate.end()


def run(inmate: Inmate, source: str) -> list[dict]:
    """Run one cell; return its outputs."""
    inmate.line.send({"cell": source})
    return inmate.line.receive(30)["ran"]


def value(inmate: Inmate, source: str) -> str:
    """What a cell's last line came to, or the name of what it raised."""
    last = run(inmate, source)[-1]
    return last["ename"] if last["output_type"] == "error" else last["data"]["text/plain"]


def test_a_lesson_runs(inmate: Inmate) -> None:
    assert value(inmate, "import sim, numpy as np; int(np.arange(5).sum())") == "10"
    assert value(inmate, "open('data/readings.csv').read()") == "'1,2\\n'"
    shown = run(inmate, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert "image/png" in shown[-1]["data"]
    assert [o["name"] for o in run(inmate, "import sys\nprint(1); print(2, file=sys.stderr); print(3)")] == [
        "stdout",
        "stderr",
        "stdout",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_INET6)",
        "import socket; socket.create_connection(('1.1.1.1', 53), 1)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    ],
)
def test_there_is_no_network(inmate: Inmate, source: str) -> None:
    assert value(inmate, source) == "PermissionError"


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "course" / "syllabus.yml",
        ROOT / "course" / "modules" / "m09" / "quiz.yml",
        ROOT / "tests" / "conftest.py",
        Path("/etc/shadow"),
        Path("/etc/passwd"),
        Path.home() / ".bashrc",
        Path("/proc/1/environ"),
    ],
    ids=str,
)
def test_nothing_of_the_course_or_of_the_machine_is_visible(jail: Jail, inmate: Inmate, path: Path) -> None:
    own_first_process = jail.walls is Walls.BUBBLEWRAP and path == Path("/proc/1/environ")
    seen = value(inmate, f"open({str(path)!r}, 'rb').read()")
    assert seen in ("FileNotFoundError", "PermissionError", "ProcessLookupError") or (
        own_first_process and "MARKERS_OWN" not in seen
    )


def test_the_environment_is_not_the_markers(inmate: Inmate) -> None:
    assert value(inmate, "import os; 'MARKERS_OWN' in os.environ") == "False"


@pytest.mark.parametrize("folder", [sys.prefix, str(Path(os.__file__).parent), "/usr", "/etc", "/"])
def test_the_system_is_read_only(inmate: Inmate, folder: str) -> None:
    assert value(inmate, f"open({folder!r} + '/made-by-a-learner', 'w')") in ("OSError", "PermissionError")


def test_two_submissions_do_not_meet(jail: Jail, inmate: Inmate) -> None:
    run(inmate, "import os; os.makedirs(os.path.expanduser('~/shared'), exist_ok=True)")
    place = value(inmate, "open('mine.txt', 'w').write('secret'); os.path.abspath('mine.txt')").strip("'")
    other = jail.admit()
    try:
        assert value(other, f"open({place!r}).read()") in ("FileNotFoundError", "PermissionError")
        if jail.walls is Walls.BUBBLEWRAP:
            assert value(other, "import os; len([p for p in os.listdir('/proc') if p.isdigit()]) <= 3") == "True"
    finally:
        other.end()


@pytest.mark.parametrize(
    "call",
    [
        "unshare(0x10000000)",
        "unshare(0x00020000)",
        "mount(b'none', b'/mnt', b'tmpfs', 0, b'')",
        "ptrace(16, 1, 0, 0)",
        "chroot(b'/tmp')",
    ],
)
def test_no_way_to_other_namespaces(inmate: Inmate, call: str) -> None:
    assert value(inmate, f"import ctypes; ctypes.CDLL(None).{call}") == "-1"


def test_nobody_outside_can_be_signalled(inmate: Inmate) -> None:
    here = os.getpid()
    assert value(inmate, f"import os; os.kill({here}, 0)") in ("PermissionError", "ProcessLookupError")


def test_rights_cannot_be_gained(inmate: Inmate) -> None:
    code = (
        "[line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd', 'NoNewPrivs'))]"
    )
    assert value(inmate, code) == "['0000000000000000', '0000000000000000', '1']"


def test_memory_is_limited(inmate: Inmate) -> None:
    assert value(inmate, "b = bytearray(8 * 2**30)") == "MemoryError"
    assert value(inmate, "1 + 1") == "2"


def test_a_large_file_is_refused(inmate: Inmate) -> None:
    assert value(inmate, "open('big', 'wb').write(b'x' * 2**23)") == "OSError"


def test_temporary_files_are_limited_together(jail: Jail, inmate: Inmate) -> None:
    if jail.walls is not Walls.BUBBLEWRAP:
        pytest.skip("Landlock does not count files; walls.py says so")
    code = "for k in range(9):\n    open(f'f{k}', 'wb').write(b'x' * 2**21)"
    assert value(inmate, code) == "OSError"


def test_processes_are_limited(jail: Jail, inmate: Inmate) -> None:
    if _starts_none(jail):
        assert value(inmate, "import os; os.fork()") == "PermissionError"
        assert value(inmate, "import subprocess; subprocess.run(['true'])") == "PermissionError"
        assert value(inmate, "import threading as t; w = t.Thread(target=print); w.start(); w.join(); 1") == "1"
        return
    code = """
import os, time
born = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(20); os._exit(0)
        born += 1
except BlockingIOError:
    pass
born < 60
"""
    assert value(inmate, code) == "True"


def test_output_is_limited_and_that_is_said(inmate: Inmate) -> None:
    shown = run(inmate, "for _ in range(100_000): print('x' * 100)")
    assert sum(len(output["text"]) for output in shown) < 2 * LIMITS.output
    assert "too much of it" in shown[-1]["text"]


def test_a_cell_that_hangs_is_interrupted_and_the_next_runs(inmate: Inmate) -> None:
    assert value(inmate, "while True: pass") == "TimeoutError"
    assert value(inmate, "1 + 1") == "2"


def test_a_daemon_does_not_outlive_its_submission(jail: Jail) -> None:
    if _starts_none(jail):
        pytest.skip(
            "a submission that stays root's starts no process here; test_processes_are_limited holds it to that"
        )
    before = _sleepers()
    inmate = jail.admit()
    code = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(60)\n    os._exit(0)"
    )
    run(inmate, code)
    assert len(_sleepers() - before) >= 3
    inmate.end()
    until = time.monotonic() + 5
    while _sleepers() - before and time.monotonic() < until:
        time.sleep(0.05)
    assert not _sleepers() - before


def _starts_none(jail: Jail) -> bool:
    """Whether a submission stays root's, whose processes the kernel does not count."""
    return os.geteuid() == 0 and jail.walls is Walls.LANDLOCK and not isolation.becomes_another()


def _sleepers() -> set[int]:
    """Processes of the nursery's kind that live now."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if b"autograder.jail.nursery" in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


def test_a_process_that_ends_says_how(jail: Jail) -> None:
    inmate = jail.admit()
    inmate.line.send({"cell": "import os; os._exit(3)"})
    with pytest.raises(Exception, match="gone"):
        inmate.line.receive(10)
    assert inmate.ended() == "it ended with code 3"


def test_the_next_submission_starts_at_once(jail: Jail) -> None:
    for _ in range(5):
        inmate = jail.admit()
        assert value(inmate, "'learner' in globals()") == "False"
        run(inmate, "learner = 1")
        inmate.end()


@pytest.mark.skipif(sys.platform != "linux", reason="marking needs Linux")
def test_an_installation_below_the_temporary_folder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.jail.bubblewrap.installed", lambda: [Path("/usr/lib"), Path("/tmp/house/.venv")])
    assert "/tmp/house/.venv lies below /tmp" in walls._bubblewrap()


def test_with_no_walls_marking_refuses_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "standing", lambda: {Walls.BUBBLEWRAP: "no namespaces", Walls.LANDLOCK: "too old"})
    with pytest.raises(JailError, match="no namespaces; landlock: too old.*--without-jail"):
        choose()
    assert choose(without_jail=True) is Walls.NONE


def test_the_second_choice_is_taken_where_the_first_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "standing", lambda: {Walls.BUBBLEWRAP: "no namespaces", Walls.LANDLOCK: ""})
    assert choose() is Walls.LANDLOCK


def test_what_can_be_built_here_is_said_with_a_reason() -> None:
    for kind, problem in walls.standing().items():
        assert isinstance(problem, str)
        if sys.platform != "linux":
            assert problem == "it needs Linux"
        if kind is Walls.LANDLOCK and not problem:
            assert landlock.version() >= landlock.LEAST


def test_a_machine_without_a_filter_is_told() -> None:
    with pytest.raises(JailError, match="x86_64"):
        seccomp.program("riscv64", alone=True, own=0)


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
@pytest.mark.parametrize(("alone", "threads_only"), [(True, False), (False, False), (False, True)])
def test_no_jump_of_the_filter_leads_out_of_it(machine: str, alone: bool, threads_only: bool) -> None:
    import struct

    lines = list(struct.iter_unpack("HBBI", seccomp.program(machine, alone, own=1, threads_only=threads_only)))
    for number, (code, yes, no, _) in enumerate(lines):
        if code not in (seccomp.LOAD, seccomp.ANSWER):
            assert number + 1 + max(yes, no) < len(lines)
    assert lines[-1] == (seccomp.ANSWER, 0, 0, seccomp.ALLOW)
