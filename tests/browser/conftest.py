"""A browser, the stand-alone page of a small department, and axe. `make test-browser` installs what is needed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

import sim

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "browser" / "screenshots"
AXE = ROOT / "build" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).is_relative_to(ROOT / "tests" / "browser"):
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """Return where a Chromium is."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers, or fail if it has ended."""
    for _ in range(600):
        assert server.poll() is None, "the server ended before it answered"
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not answer within a minute")


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Return what starts a server, given its command for a port, and gives its address; all are ended at the end."""
    running: list[subprocess.Popen[bytes]] = []

    def start(command: Callable[[int], list[str]], **environment: str) -> str:
        port = free_port()
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        running.append(subprocess.Popen([sys.executable, "-m", *command(port)], cwd=ROOT, env=env, **quiet))
        wait_for(port, running[-1])
        return f"http://127.0.0.1:{port}/"

    yield start
    for server in running:
        server.terminate()
    for server in running:
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def department(tmp_path_factory) -> Callable[..., Path]:
    """Return what writes a department as a file: services with few cases, and whatever is to be otherwise."""

    def make(*services: str, **fields: Any) -> Path:
        whole = sim.load_scenario("household-support").only(*(services or ("claims-triage",)))
        few = [service.model_dump() | {"cases_per_day": 40} for service in whole.services]
        path = tmp_path_factory.mktemp("department") / "department.yml"
        small = whole.replace(services=few, **fields)
        path.write_text(yaml.safe_dump(small.model_dump(mode="json")), encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="session")
def page_of(serve) -> Callable[..., str]:
    """Return what opens the stand-alone page of a department, as `trinity cockpit` does, and gives its address."""

    def open_page(path: Path, seed: int = 0) -> str:
        options = [str(path), f"--seed={seed}", "--no-browser"]
        return serve(lambda port: ["cli.main", "cockpit", f"--port={port}", *options])

    return open_page


@pytest.fixture(scope="session")
def address(department, page_of) -> str:
    """Return the address of a small department's page."""
    return page_of(department())


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="make test-browser installs playwright")
    where = chromium()
    if where is None:
        pytest.skip("there is no Chromium; make test-browser installs it")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=where, args=FLAGS, headless=True)
        yield running
        running.close()


@contextmanager
def visits(browser: Any) -> Iterator[Callable[..., Any]]:
    """Give what opens a page, whose scripts must not fail and which must ask nobody else for anything."""
    contexts, wrong = [], []

    def go(url: str, width: int = 1400, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: wrong.append(f"the page failed: {error}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("http://127.0.0.1", "data:", "blob:")) or wrong.append(f"asked {request.url}")
            ),
        )
        page.goto(url)
        return page

    yield go
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Any]]:
    """Return what opens a page for one test; see `visits`."""
    with visits(browser) as go:
        yield go


@pytest.fixture(scope="module")
def stay(browser) -> Iterator[Callable[..., Any]]:
    """Return what opens a page for all tests of a file; see `visits`."""
    with visits(browser) as go:
        yield go


@pytest.fixture(scope="session")
def shoot() -> Callable[[Any, str], None]:
    """Return what takes a picture of a whole page, kept in the build folder."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


@pytest.fixture(scope="session")
def axe() -> Callable[[Any], list[str]]:
    """Return what lists the violations of WCAG 2.2 AA on a page."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; make test-browser installs it")

    def violations(page: Any) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("(tags) => axe.run(document, { runOnly: tags })", WCAG)["violations"]
        return [f"{v['id']}: {node['html'][:120]} {node['failureSummary']}" for v in found for node in v["nodes"]]

    return violations


@pytest.fixture(scope="session")
def ready() -> Callable[..., None]:
    """Return what waits until the newest move has been played to its end."""

    def wait(page: Any, state: str = "ready") -> None:
        page.wait_for_function(
            """(state) => {
              const root = document.querySelector(".trinity-cockpit");
              return root && root.dataset.state === state && (root.dataset.asked || "0") === root.dataset.move;
            }""",
            arg=state,
        )

    return wait
