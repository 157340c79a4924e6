"""The scene of an attack: a course with something to steal, a neighbour to harm, and what is found afterwards."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config, PyFileConfigLoader

from autograder.variants import write_secret
from tests.attacks import notebook
from tests.attacks.attack import Attack
from tests.attacks.scripts import running

ROOT = Path(__file__).resolve().parents[2]
CANARY, TAMPERED = "CANARY-", "TAMPERED"
LARGE = 8 * 2**20
"""Bytes of a marked notebook that are too many."""


@dataclass
class Evidence:
    """What was found after one submission was marked.

    Attributes
    ----------
    scores : dict of str to float or None
        From the gradebook.
    shown, page : str
        The marked notebook as it lies on the disk, and its feedback page.
    problem : str
        What nbgrader said if it did not finish.
    signs : set of str
        What was seen to have been tampered with, reached, killed or left running.
    """

    scores: dict[str, float | None] = field(default_factory=dict)
    shown: str = ""
    page: str = ""
    problem: str = ""
    signs: set[str] = field(default_factory=set)

    def won(self, attack: Attack) -> bool:
        """Say whether an attack has reached its aim."""
        psi, ks = self.scores.get("psi"), self.scores.get("ks")
        return {
            "forged": (psi or 0.0) > 0 or (ks or 0.0) > 2.0 or sum(s or 0.0 for s in self.scores.values()) > 4.0,
            "unmarked": psi is None,
            "harmed": ks != 2.0 or psi is None,
            "leaked": CANARY in self.shown,
            "taken": "GOT-IT" in self.shown,
            "swollen": len(self.shown) > LARGE,
            "scripted": bool(running(self.page)),
        }.get(attack.aim, attack.aim in self.signs)


class Scene:
    """A course of one small notebook, in which everything that should not be seen says so.

    Parameters
    ----------
    folder : Path
        Empty.
    jailed : bool
        Whether the course's own settings are used, or nbgrader's alone.
    """

    def __init__(self, folder: Path, jailed: bool) -> None:
        self.mark = f"{folder.name}-{os.getpid()}"
        self.course, self.home, self.jailed = folder / "course", folder / "home", jailed
        self.course.mkdir(parents=True)
        self.home.mkdir()
        (self.home / "letters.txt").write_text(f"{CANARY}home")
        write_secret(self.course)
        (self.course / ".trinity" / "seeds.txt").write_text(f"{CANARY}seeds")
        self.config = self._settings()
        place = self.course / "source" / "m09" / "m09.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(notebook.source(), place)
        problem = self._call("generate_assignment", "m09", create=True, force=True)
        if problem:
            raise RuntimeError(problem)
        self._neighbour()
        self._listen()

    def _settings(self) -> Config:
        if self.jailed:
            shutil.copy(ROOT / "course" / "nbgrader_config.py", self.course)
            shutil.copytree(ROOT / "course" / "templates", self.course / "templates")
            return PyFileConfigLoader("nbgrader_config.py", path=str(self.course)).load_config()
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        config = Config()
        config.CourseDirectory.root = str(self.course)
        config.CourseDirectory.course_id = "trinity"
        config.CourseDirectory.db_url = f"sqlite:///{self.course / 'gradebook.db'}"
        config.ExecutePreprocessor.timeout = 25
        config.OverwriteCells.add_missing_cells = True
        return config

    def _call(self, what: str, *words: str, **said: object) -> str:
        """Have nbgrader do something; return what went wrong."""
        before = Path.cwd()
        os.chdir(self.course)
        try:
            done = getattr(NbGraderAPI(config=self.config), what)(*words, **said)
        finally:
            os.chdir(before)
        return "" if done["success"] else (done.get("error") or done.get("log") or "it did not say why")

    def _gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.course / 'gradebook.db'}", "trinity")

    def _neighbour(self) -> None:
        """Enter another learner, whose name and work are nobody else's to see or to change."""
        with self._gradebook() as book:
            book.update_or_create_student("victim", first_name=f"{CANARY}name")
        self._victims().parent.mkdir(parents=True)
        self._reset()

    def _victims(self) -> Path:
        return self.course / "submitted" / "victim" / "m09" / "m09.ipynb"

    def _reset(self) -> None:
        """Put back what the last attack may have changed."""
        nb = notebook.source()
        nb.cells[1].source = f"# {CANARY}answer\n{nb.cells[1].source}"
        nbformat.write(nb, self._victims())
        with self._gradebook() as book:
            book.update_or_create_student("victim", first_name=f"{CANARY}name")
        for path in self._litter():
            if path.exists():
                path.unlink()

    def _litter(self) -> list[Path]:
        """Return where an attack may have left something."""
        import autograder

        startup = Path(".ipython", "profile_default", "startup", "00-tampered.py")
        houses = [Path(autograder.__file__).parent, self.course.parent / "house" / "autograder"]
        places = [folder / "tampered.txt" for folder in houses] + [self.home / startup, Path.home() / startup]
        places += [Path(folder, f"tampered-{self.mark}.txt") for folder in ("/tmp", "/dev/shm", "/var/tmp")]
        return places

    def _listen(self) -> None:
        """Wait for whoever comes, by TCP, by datagram and by an abstract socket."""
        self.reached = threading.Event()
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", self.port))
        local = socket.socket(socket.AF_UNIX)
        local.bind(f"\0trinity-{self.mark}")
        local.listen()

        def serve(server: socket.socket) -> None:
            while True:
                try:
                    end = server.accept()[0] if server.type is socket.SOCK_STREAM else server
                    end.recv(100)
                    self.reached.set()
                    if end is not server:
                        end.close()
                except OSError:
                    return

        for server in (tcp, udp, local):
            threading.Thread(target=serve, args=(server,), daemon=True).start()
        self._servers = (tcp, udp, local)

    def close(self) -> None:
        """Leave nothing behind."""
        for server in self._servers:
            server.close()
        self._reset()

    def meet(self, attack: Attack) -> Evidence:
        """Have one submission marked, and look round."""
        self._reset()
        self.reached.clear()
        words = [sys.executable, "-c", "import time; time.sleep(600)", f"sentinel-{self.mark}", f"{CANARY}command"]
        surroundings = {**os.environ, "TOKEN": f"{CANARY}elsewhere"}
        sentinel = subprocess.Popen(words, env=surroundings)
        try:
            return self._met(attack, sentinel)
        finally:
            sentinel.kill()
            sentinel.wait()

    def _met(self, attack: Attack, sentinel: subprocess.Popen) -> Evidence:
        told = {"PORT": str(self.port), "SENTINEL": str(sentinel.pid), "HOME": str(self.home), "MARK": self.mark}
        nb = notebook.submission(attack, {**told, "COURSE": str(self.course)})
        place = self.course / "submitted" / attack.learner / "m09" / "m09.ipynb"
        shutil.rmtree(place.parent.parent, ignore_errors=True)
        place.parent.mkdir(parents=True)
        nbformat.write(nb, place)
        if attack.link:
            (place.parent / attack.link).symlink_to(self.home / "letters.txt")
        found = Evidence(problem=self._call("autograde", "m09", attack.learner, create=True, force=True))
        found.scores = self._scores(attack.learner)
        marked = self.course / "autograded" / attack.learner / "m09" / "m09.ipynb"
        found.shown = _outputs(marked) if marked.is_file() else ""
        if attack.aim == "scripted":
            self._call("generate_feedback", "m09", attack.learner, force=True)
            page = self.course / "feedback" / attack.learner / "m09" / "m09.html"
            found.page = page.read_text() if page.is_file() else ""
        found.signs = self._signs(sentinel)
        return found

    def _scores(self, learner: str) -> dict[str, float | None]:
        with self._gradebook() as book:
            try:
                grades = book.find_submission("m09", learner).notebooks[0].grades
            except (MissingEntry, IndexError):
                return {}
            return {grade.name: grade.auto_score for grade in grades if grade.name != "brief"}

    def _signs(self, sentinel: subprocess.Popen) -> set[str]:
        """Look round for what should not be."""
        signs = set()
        with self._gradebook() as book:
            name = book.find_student("victim").first_name
        if name == TAMPERED or TAMPERED in self._victims().read_text() or any(p.exists() for p in self._litter()):
            signs.add("tampered")
        if self.reached.wait(0.2):
            signs.add("reached")
        if sentinel.poll() is not None:
            signs.add("killed")
        if _daemons(f"daemon-{self.mark}"):
            signs.add("outlived")
        return signs


def _outputs(path: Path) -> str:
    """Return what the code cells of a marked notebook put out, as it lies on the disk."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    return json.dumps([cell.get("outputs", []) for cell in nb["cells"] if cell["cell_type"] == "code"])


def _daemons(name: str) -> bool:
    """Say whether a process of that name still runs, and end it."""
    time.sleep(0.1)
    found = False
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if name.encode() in path.read_bytes().split(b"\0"):
                os.kill(int(path.parent.name), 9)
                found = True
        except OSError:
            continue
    return found
