"""`trinity report`: from a saved run or a scenario to one file, and what is refused before any is written."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim


class Papers:
    """Runs that write their names, so that the command is tested for what is its own."""

    def __init__(self, name: str, log: list) -> None:
        self.name, self.log = name, log

    def report(self, path: Path, against: Papers | None = None) -> None:
        self.log.append((self.name, path.name, against and against.name))
        path.write_text(self.name)


@pytest.fixture
def log(monkeypatch, tmp_path) -> list:
    made: list = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sim.Run", type("Run", (), {"load": staticmethod(lambda p: Papers(str(p), made))}), raising=False
    )
    monkeypatch.setattr("sim.simulate", lambda world, playbook, **kw: Papers(f"{playbook}", made), raising=False)
    monkeypatch.setattr("cli.report.load_playbook", lambda name: name)
    return made


def test_a_saved_run_is_written_up_against_another(trinity, log, tmp_path):
    (tmp_path / "seven").mkdir()
    result = trinity("report", "seven", "--against", "naive-run", "--out", "board.html")
    assert result.exit_code == 0, result.output
    assert log == [("seven", "board.html", "naive-run")]
    assert result.stdout.strip() == "board.html"


def test_a_scenario_is_run_first(trinity, log):
    result = trinity(
        "report", "quiet-office", "--playbook", "typical", "--against", "naive", "--seed", "3", "--out", "board.html"
    )
    assert result.exit_code == 0, result.output
    assert log == [("typical", "board.html", "naive")]


@pytest.mark.parametrize(
    ("out", "said"), [("board.docx", "board.html"), ("no/board.html", "no folder"), ("folder.html", "is a folder")]
)
def test_a_file_that_cannot_be_written_is_refused_first(trinity, log, tmp_path, out, said):
    (tmp_path / "folder.html").mkdir()
    result = trinity("report", "quiet-office", "--out", out)
    assert result.exit_code == 2 and said in " ".join(result.output.split())
    assert log == []


def test_a_pdf_without_a_chromium_is_refused_first(trinity, log, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    result = trinity("report", "quiet-office", "--out", "board.pdf")
    assert result.exit_code == 2 and "apt install chromium" in " ".join(result.output.split())
    assert log == []


def test_the_real_one_writes_a_page(trinity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = sim.load_scenario("quiet-office").replace(quarters=1)
    (tmp_path / "quiet.yml").write_text(world.model_dump_json())
    result = trinity("report", "quiet.yml", "--out", "board.html")
    assert result.exit_code == 0, result.output
    assert "<h1>" in (tmp_path / "board.html").read_text()
