"""The life of one submission's process: it makes a shell, runs the cells that it is sent, and ends."""

from __future__ import annotations

import os
import random
import socket
from pathlib import Path

from autograder.bridge import Line
from autograder.jail import handover, shell
from autograder.jail.limits import Limits


def live(line: Line, limits: Limits, folder: Path, files: dict[str, bytes]) -> None:
    """Run what the marking sends until it hangs up.

    Parameters
    ----------
    line : Line
        Leads to the marking.
    limits : Limits
        What may be used.
    folder : Path
        To work in.
    files : dict of str to bytes
        What was handed in beside the notebook, by its name below the folder.
    """
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    os.chdir(folder)
    _sow()
    handover.open_line(line, limits.call)
    session = shell.started()
    line.send({"ready": True})
    while True:
        asked = line.receive()
        if "cell" not in asked:
            return
        outputs = session.run(asked["cell"], limits.cell, limits.output)
        line.send({"ran": outputs}, lambda thing: {"$": "unknown", "said": str(thing)[:200]})


def _sow() -> None:
    """Give this process chances of its own: its parent's were the same for everybody."""
    import numpy as np

    random.seed()
    np.random.seed()


def quiet_descriptors(keep: socket.socket) -> None:
    """Point the standard streams nowhere, and close everything but the line."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    kept = keep.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, 65536)
