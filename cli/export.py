"""`trinity export`: a saved run in the formats that other tools and other people read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import messages, output
from cli.folder import empty_folder

if TYPE_CHECKING:
    import sim


class Format(StrEnum):
    """What a run may be written as."""

    OPENLINEAGE = "openlineage"
    ODCS = "odcs"
    MODEL_CARD = "model-card"
    ATRS = "atrs"
    MLFLOW = "mlflow"
    FOCUS = "focus"
    PROMETHEUS = "prometheus"


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder written by `trinity run --out`.")],
    format: Annotated[Format, typer.Option(help="In which format.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Write the files here; must be empty or new.")],
    scenario: Annotated[
        str | None, typer.Option(help="The run's scenario, if it is not a shipped one: a .yml file.")
    ] = None,
) -> None:
    """Write a saved run in a standard format.

    `openlineage` gives lineage events, `odcs` a data contract for each source, `model-card` and `atrs` a model card and
    an Algorithmic Transparency Record for each service, `mlflow` a tracking store and registry (with the extra
    `mlflow`), `focus` the cloud bill in versions 1.2 and 1.4 of the FinOps Open Cost and Usage Specification, and
    `prometheus` the scorecard and the days as metrics.

    **Examples**

    - `trinity export runs/seven --format atrs --out records`
    - `trinity export runs/mine --format odcs --scenario my-department.yml --out contracts`
    """
    empty_folder(out)

    import sim

    result = sim.Run.load(run)
    world = sim.load_scenario(scenario or result.scenario)
    with messages().status(f"Writing {format} ..."):
        files = _write(format, result, world, out)
    screen = output()
    for file in files:
        screen.print(str(file), markup=False, soft_wrap=True)


def _write(chosen: Format, run: sim.Run, world: sim.Scenario, out: Path) -> list[Path]:
    """Write a run's files in a folder and return their paths."""
    import sim

    names = [service.name for service in world.services]
    if chosen is Format.OPENLINEAGE:
        files = [out / "openlineage.ndjson"]
        sim.exports.openlineage(run, world, files[0])
    elif chosen is Format.ODCS:
        pairs = {out / f"{s.name}.{d.name}.odcs.yaml": (s.name, d.name) for s in world.services for d in s.sources}
        for file, (name, source) in pairs.items():
            sim.exports.odcs(world, name, source, file)
        files = list(pairs)
    elif chosen is Format.MODEL_CARD:
        files = [out / f"{name}.md" for name in names]
        for name, file in zip(names, files, strict=True):
            sim.exports.model_card(run, world, name, file)
    elif chosen is Format.ATRS:
        records = {out / f"{name}.atrs{ending}": name for name in names for ending in (".json", ".md")}
        for file, name in records.items():
            sim.exports.atrs(run, world, name, file)
        files = list(records)
    elif chosen is Format.FOCUS:
        files = [sim.exports.focus(run, out / f"focus-{version}.csv", version) for version in ("1.2", "1.4")]
    elif chosen is Format.PROMETHEUS:
        files = [out / "scorecard.prom", out / "days.openmetrics"]
        sim.exports.prometheus(run, files[0])
        sim.exports.openmetrics(run, world, files[1])
    else:
        files = [(out / "mlflow.db").absolute()]
        sim.exports.mlflow(run, f"sqlite:///{files[0]}")
    return files
