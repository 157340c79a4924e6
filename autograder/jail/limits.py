"""What one submission may use of the machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of one submission.

    Attributes
    ----------
    memory : int
        Bytes of address space a process.
    processor : int
        Seconds of computing a process.
    processes : int
        Processes and threads at once.
    file_size, disk : int
        Bytes of one file, and of all temporary files together.
    output : int
        Bytes of what one cell may print or show; what goes beyond is dropped, and that is said.
    cell, call : float
        Seconds by the clock that one cell may take, and one call of what was handed over; both are interrupted first.
    grace : float
        Seconds after which what cannot be interrupted is killed.
    wall : float
        Seconds by the clock for everything that a submission runs.
    """

    memory: int = 3 * 1024 * MEBIBYTE
    processor: int = 900
    processes: int = 64
    file_size: int = 64 * MEBIBYTE
    disk: int = 128 * MEBIBYTE
    output: int = MEBIBYTE
    cell: float = 300.0
    call: float = 30.0
    grace: float = 5.0
    wall: float = 1800.0

    def plain(self) -> dict[str, float]:
        """Return them as a dict, as they cross to the jail."""
        return asdict(self)
