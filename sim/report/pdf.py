"""Printing a page with a Chromium that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sim.errors import ReportError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PATIENCE = 120
"""Seconds after which printing is given up."""


def chromium() -> str:
    """Return the path of a Chromium, or raise `ReportError`, which says how to get one."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise ReportError(
        f"No Chromium was found to print a PDF with (looked for {', '.join(BROWSERS)}). On Debian and Ubuntu: sudo apt "
        "install chromium. Or write the paper to a file ending in .html, open it in any browser and print it from "
        "there."
    )


def printed(page: str) -> bytes:
    """Return a page as PDF.

    Parameters
    ----------
    page : str
        HTML that needs no other file.

    Returns
    -------
    bytes
        Of a PDF, tagged for screen readers.

    Raises
    ------
    ReportError
        If there is no Chromium, or it fails.
    """
    browser = chromium()
    with tempfile.TemporaryDirectory(prefix="trinity-") as folder:
        source, target = Path(folder, "paper.html"), Path(folder, "paper.pdf")
        source.write_text(page, encoding="utf-8")
        command = [
            browser, "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            raise ReportError(
                f"{browser} printed nothing within {PATIENCE} seconds. Write the paper to a file ending in .html "
                "instead."
            ) from None
        if not target.is_file():
            said = " ".join(done.stderr.split())[-200:]
            raise ReportError(
                f"{browser} could not print the paper: {said or 'it gave no reason'}. Write it to a file ending in "
                ".html "
                "instead."
            )
        return target.read_bytes()
