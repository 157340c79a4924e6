"""How the house is kept: short files, no loose ends, no trace of the machine that it was written on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("autograder", "benchmarks", "classroom", "cli", "course", "sim")
LEARNERS = {"source", "release", "submitted", "autograded", "feedback", "exchange", "workspace"}
LONGEST = 400
LESSON = "lesson.py"
TEXT = {".cff", ".cfg", ".css", ".html", ".js", ".md", ".owm", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml", ""}
NOTES = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
MACHINE = re.compile(
    "|".join((r"(?<![\w.])/ro" + "ot/", r"(?<![\w.])/wo" + "rk/", r"/ho" + r"me/\w+/", r"/Us" + r"ers/\w+/"))
)
SKIPPED = {".git", ".venv", "build", "__pycache__", ".hypothesis", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints"}


def files(root: Path) -> list[Path]:
    """Return the project's text files, without what is generated or a learner's."""
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        learners = LEARNERS & set(parts[: 2 if parts[0] == "course" else 1])
        if SKIPPED & set(parts) or learners or any(part.endswith(".egg-info") for part in parts):
            continue
        if path.is_file() and path.suffix in TEXT:
            found.append(path)
    return found


def too_long(root: Path) -> list[str]:
    """Return the code files of more than 400 lines; a lesson is a text, and may be longer."""
    return [
        f"{path.relative_to(root)} has {count} lines"
        for path in files(root)
        if path.suffix == ".py"
        and path.name != LESSON
        and path.relative_to(root).parts[0] in CODE
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    ]


def matches(root: Path, pattern: re.Pattern[str]) -> list[str]:
    """Return every line that a pattern finds."""
    return [
        f"{path.relative_to(root)}:{number} {line.strip()}"
        for path in files(root)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def shapeless(root: Path) -> list[str]:
    """Return the files whose name says nothing about what is in them."""
    return [str(p.relative_to(root)) for p in files(root) if p.stem in ("utils", "util", "helpers", "misc", "common")]


def ruff(*arguments: str) -> str:
    """Return what ruff says under the project's settings."""
    command = [sys.executable, "-m", "ruff", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_files_are_short():
    assert too_long(ROOT) == []


def test_nothing_is_left_for_later():
    assert matches(ROOT, NOTES) == []


def test_no_file_names_a_machine():
    assert matches(ROOT, MACHINE) == []


def test_every_file_is_named_after_what_is_in_it():
    assert shapeless(ROOT) == []


def test_tests_are_not_packages():
    """A package below tests/ would hide the one of the same name that it tests."""
    assert [str(p.relative_to(ROOT)) for p in (ROOT / "tests").rglob("__init__.py")] == []


def test_ruff_finds_nothing():
    assert ruff("check", "--no-cache", "--output-format=concise") == ""


def test_code_is_formatted():
    assert ruff("format", "--no-cache", "--check") == ""


def broken_links(root: Path) -> list[str]:
    """Return the links from one page to a file that is not there."""
    return [
        f"{path.relative_to(root)} -> {target}"
        for path in files(root)
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+)[^):]*\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]


def test_no_page_links_to_a_missing_file():
    assert broken_links(ROOT) == []


class TestTheRulesCanFail:
    @pytest.fixture
    def house(self, tmp_path):
        def build(name: str, text: str) -> Path:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            return tmp_path

        return build

    def test_a_long_file(self, house):
        assert too_long(house("sim/long.py", "x = 1\n" * 401)) == ["sim/long.py has 401 lines"]

    def test_a_long_lesson(self, house):
        assert too_long(house("course/modules/m09/lesson.py", "x = 1\n" * 401)) == []

    def test_a_note_for_later(self, house):
        assert len(matches(house("docs/how.md", "TO" + "DO: say how"), NOTES)) == 1

    @pytest.mark.parametrize("path", ["/ro" + "ot/x", "/ho" + "me/me/x", "/Us" + "ers/me/x", "/wo" + "rk/x"])
    def test_a_machine(self, house, path):
        assert len(matches(house("Makefile", f"python={path}"), MACHINE)) == 1

    def test_a_web_address_is_no_machine(self, house):
        assert matches(house("README.md", "example.org/wo" + "rk/x"), MACHINE) == []

    def test_a_shapeless_name(self, house):
        assert shapeless(house("sim/utils.py", "")) == ["sim/utils.py"]

    def test_a_broken_link(self, house):
        text = "[a](there.md) [b](gone.md#part) [c](https://example.org/x) [d](#here)"
        house("docs/there.md", "")
        assert broken_links(house("docs/page.md", text)) == ["docs/page.md -> gone.md"]

    def test_generated_files_are_left_out(self, house):
        assert matches(house("course/source/m09/m09.md", "TO" + "DO"), NOTES) == []

    @pytest.mark.parametrize(
        ("rule", "text"),
        [
            ("D103", '"""A room."""\n\n\ndef score() -> float:\n    return 1.0\n'),
            ("D101", '"""A room."""\n\n\nclass Score:\n    x = 1\n'),
            ("D100", "x = 1\n"),
            ("ERA001", '"""A room."""\n\n# x = compute(y)\n'),
            ("FIX002", '"""A room."""\n\n# TO' + "DO: more\n"),
        ],
    )
    def test_ruff_knows_the_rule(self, rule, text):
        command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename=sim/room.py", "-"]
        done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
        assert rule in done.stdout
