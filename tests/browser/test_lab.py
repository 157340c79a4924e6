"""The cockpit inside JupyterLab."""

from __future__ import annotations

import nbformat
import pytest


@pytest.fixture
def lab(tmp_path, department, serve) -> str:
    """Return the address of a notebook of one cell in JupyterLab."""
    cell = (
        f"import sim.cockpit\nsim.cockpit.open({str(department('claims-triage', 'staffing-forecast', quarters=2))!r})"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "cockpit.ipynb")
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token="]
    options.append(f"--ServerApp.root_dir={tmp_path}")
    config = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    address = serve(lambda port: ["jupyterlab", f"--port={port}", *options], **config)
    return f"{address}lab/tree/cockpit.ipynb?reset"


def test_a_lever_moves_by_arrow_keys_in_jupyterlab(visit, lab, ready, shoot):
    page = visit(lab, width=1600)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.wait_for_function("document.querySelector('#jp-main-statusbar')?.textContent.includes('| Idle')")
    for _ in range(40):  # until the kernel listens, a cell that is run is forgotten
        page.locator(".jp-Cell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(500)
        if page.locator(".jp-Cell .jp-InputPrompt").first.inner_text() != "[ ]:":
            break
    ready(page)
    lever = page.locator("[data-lever=validate]")
    figures = page.locator(".tile strong").all_inner_texts()
    lever.press("ArrowRight")
    assert lever.get_attribute("aria-valuetext") == "Gate, the reference practice"
    assert page.evaluate("document.activeElement.dataset.lever") == "validate"
    ready(page)
    assert page.locator(".tile strong").all_inner_texts() != figures
    shoot(page, "jupyterlab")
    beyond = """() => document.querySelector(".trinity-cockpit").getBoundingClientRect().right
                     - document.querySelector(".jp-OutputArea-output").getBoundingClientRect().right"""
    assert page.evaluate(beyond) <= 0
    figures = page.locator(".tile strong").all_inner_texts()
    page.get_by_label("Levers for").select_option("claims-triage")
    assert not page.locator("[data-lever=organise]").is_visible()
    assert lever.get_attribute("aria-valuetext") == "Gate, the reference practice"
    lever.press("Home")
    ready(page)
    assert page.locator(".tile strong").all_inner_texts() != figures
    page.get_by_label("Levers for").select_option("")
    assert lever.get_attribute("aria-valuetext") == "Gate, the reference practice"
    assert page.locator("[data-name=validate] .apart").inner_text() == "Claims triage: Keep everything"
