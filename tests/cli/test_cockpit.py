"""`trinity cockpit`: what it refuses before it opens anything, and what it would serve."""

from __future__ import annotations

import socket

import nbformat
import pytest

from cli.cockpit import cockpit
from cli.refusal import Refusal
from sim.cockpit import page
from sim.errors import ScenarioError


def test_a_port_in_use_is_refused_with_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Refusal, match="is in use by another program"):
            cockpit("household-support", seed=0, port=taken.getsockname()[1], browser=False)


def test_an_unknown_department_is_refused_before_a_server_starts(free_port):
    with pytest.raises(ScenarioError, match="household-support"):
        cockpit("houshold-support", seed=0, port=free_port, browser=False)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_page_is_a_notebook_of_one_cell(tmp_path):
    notebook = nbformat.read(page.write_notebook(tmp_path, "household-support", 7), as_version=4)
    assert [cell.source for cell in notebook.cells] == [
        "import sim.cockpit\n\nsim.cockpit.open('household-support', seed=7)"
    ]
    nbformat.validate(notebook)


def test_voila_finds_the_pages_template(tmp_path):
    assert (page.SHARE / "voila" / "templates" / "cockpit" / "index.html.j2").is_file()
    assert str(page.SHARE) in page.environment()["JUPYTER_PATH"]
    command = page.command(tmp_path / "cockpit.ipynb", 8866, browser=False)
    assert {"--port=8866", "--template=cockpit", "--no-browser", "--Voila.ip=127.0.0.1"} <= set(command)
