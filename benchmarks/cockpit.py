"""How long the cockpit lets somebody wait: from a move to the first new picture, and to the whole run.

Run with ``.venv/bin/python -m benchmarks.cockpit`` after ``make test-browser``, which installs the browser's driver.
Moves are key presses in a real Chromium on the stand-alone page, each from one of the cockpit's playbooks
("typical" is where the cockpit starts), to which the levers go back before the next. A playbook that is named is
measured alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from random import Random
from statistics import median

from playwright.sync_api import Page, sync_playwright
from rich.console import Console

SERIES = (
    ("", "naive", 10),
    ("", "typical", 10),
    ("claims-triage", "reference", 10),
    ("claims-triage", "naive", 30),
    ("claims-triage", "typical", 30),
)
"""Service (all when empty), the playbook whose levers are moved one at a time, and how many moves."""

BUDGET_S = 100
"""A series ends after this time, and tells how many moves it was."""

PORT = 18866

WAIT = """(done) => new Promise((resolve) => {
  const root = document.querySelector(".trinity-cockpit"), from = performance.now(), times = {};
  const look = () => {
    if (root.dataset.move !== root.dataset.asked) return;
    const bar = root.querySelector("progress");
    const ready = root.dataset.state === "ready";
    if (!times.first && ((bar.value > 0 && bar.value < bar.max) || ready)) times.first = performance.now() - from;
    if (ready) { watch.disconnect(); times.whole = performance.now() - from; resolve(times); }
  };
  const watch = new MutationObserver(look);
  watch.observe(root, { attributes: true, subtree: true, childList: true });
  root.querySelector(`[data-lever=${done.lever}]`).focus();
})"""

POSSIBLE = """(levers) => levers.flatMap(({ dataset, value, max }) => [
  ...(Number(value) < max ? [[dataset.lever, "ArrowRight"]] : []),
  ...(max - value >= 2 ? [[dataset.lever, "End"]] : []),
  ...(value > 0 ? [[dataset.lever, "ArrowLeft"]] : []),
])"""
"""Which levers can be moved by which key; no two lead to the same position."""

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


def main(*only: str) -> None:
    """Print medians over the moves of each series, or only of those that move from the playbooks named."""
    command = [sys.executable, "-m", "cli.main", "cockpit", f"--port={PORT}", "--no-browser"]
    server = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.getcwd()}, stderr=subprocess.DEVNULL)
    try:
        _wait_for_server()
        with sync_playwright() as driver:
            where = shutil.which("chromium") or shutil.which("google-chrome")
            browser = driver.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{PORT}/")
            _ready(page)
            page.evaluate(LONGEST_FRAME)
            closed = page.locator(".group:not([open]) > summary")
            while closed.count():
                closed.first.click()
            for service, preset, moves in SERIES:
                if not only or preset in only:
                    _measure(page, service, preset, moves)
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


def _measure(page: Page, service: str, preset: str, moves: int) -> None:
    picked = page.locator(".worldpick select")
    if picked.input_value() != service:
        picked.select_option(service)
        _ready(page)
        closed = page.locator(".group:not([open]) > summary")
        while closed.count():
            closed.first.click()
    page.locator(f"[data-preset={preset}]").click()
    _ready(page)
    page.evaluate("window.longest = 0")
    possible = [tuple(pair) for pair in page.locator("input[data-lever]").evaluate_all(POSSIBLE)]
    first, whole, began = [], [], time.monotonic()
    for lever, key in Random(1).sample(possible, moves):
        if time.monotonic() - began > BUDGET_S:
            break
        page.evaluate(f"void (window.waited = ({WAIT})({{ lever: {lever!r} }}))")
        page.keyboard.press(key)
        times = page.evaluate("window.waited")
        first.append(times["first"])
        whole.append(times["whole"])
        page.locator(f"[data-preset={preset}]").click()
        _ready(page)
    longest = page.evaluate("window.longest")
    Console(width=140).print(
        f"{service or 'three services'}, from {preset}, {len(first)} moves: first new picture {median(first):.0f} ms "
        f"(worst {max(first):.0f}), whole run {median(whole) / 1000:.1f} s (worst {max(whole) / 1000:.1f}); "
        f"longest frame {longest:.0f} ms; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
