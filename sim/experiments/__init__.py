"""Questions put to the programme, answered with an interval."""

from sim.experiments.compare import compare

__all__ = ["compare"]
