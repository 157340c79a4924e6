"""How long the cockpit lets somebody wait: from a move to the first new picture, and to the whole run.

Run with ``.venv/bin/python -m benchmarks.cockpit`` after ``make test-browser``, which installs the browser's driver.
Moves are key presses in a real Chromium on the stand-alone page; each is undone before the next.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from statistics import median

from playwright.sync_api import Page, sync_playwright
from rich.console import Console

MOVES = 30
PORT = 18866

WAIT = """(done) => new Promise((resolve) => {
  const root = document.querySelector(".trinity-cockpit"), from = performance.now(), times = {};
  const look = () => {
    if (root.dataset.move !== root.dataset.asked) return;
    const bar = root.querySelector("progress");
    if (!times.first && (bar.value < bar.max || root.dataset.state === "ready")) times.first = performance.now() - from;
    if (root.dataset.state === "ready") { watch.disconnect(); times.whole = performance.now() - from; resolve(times); }
  };
  const watch = new MutationObserver(look);
  watch.observe(root, { attributes: true, subtree: true, childList: true });
  root.querySelector(`[data-lever=${done.lever}]`).focus();
})"""

LONGEST_FRAME = """() => {
  window.longest = 0;
  let last = performance.now();
  const tick = (now) => {
    window.longest = Math.max(window.longest, now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""


def main() -> None:
    """Print medians over the moves, with one service and with three."""
    command = [sys.executable, "-m", "cli.main", "cockpit", f"--port={PORT}", "--no-browser"]
    server = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.getcwd()})
    try:
        _wait_for_server()
        with sync_playwright() as driver:
            where = shutil.which("chromium") or shutil.which("google-chrome")
            browser = driver.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{PORT}/")
            _ready(page)
            _measure(page, "three services", MOVES // 3)
            page.locator(".worldpick select").select_option("claims-triage")
            _ready(page)
            _measure(page, "one service", MOVES)
            browser.close()
    finally:
        server.terminate()
        server.wait()


def _wait_for_server() -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the page did not open within half a minute")


def _ready(page: Page) -> None:
    page.wait_for_function(
        "() => { const d = document.querySelector('.trinity-cockpit')?.dataset;"
        " return d && d.state === 'ready' && (d.asked || '0') === d.move; }"
    )


def _measure(page: Page, what: str, moves: int) -> None:
    page.evaluate(LONGEST_FRAME)
    levers = page.locator("input[data-lever]").evaluate_all("all => all.map((lever) => lever.dataset.lever)")
    closed = page.locator(".group:not([open]) > summary")
    while closed.count():
        closed.first.click()
    first, whole = [], []
    for move in range(moves):
        lever = levers[move % len(levers)]
        page.evaluate(f"window.waited = ({WAIT})({{ lever: {lever!r} }})")
        page.keyboard.press("ArrowRight" if move < len(levers) else "End")
        times = page.evaluate("window.waited")
        first.append(times["first"])
        whole.append(times["whole"])
        page.keyboard.press("Home")
        _ready(page)
    longest = page.evaluate("window.longest")
    Console(width=120).print(
        f"{what}, {moves} moves: first new picture {median(first):.0f} ms (median; worst {max(first):.0f}), whole run "
        f"{median(whole) / 1000:.1f} s (worst {max(whole) / 1000:.1f}); longest frame {longest:.0f} ms"
    )


if __name__ == "__main__":
    main()
