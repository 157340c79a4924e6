"""One programme, wired: reset, step by quarter, branch."""

from sim.programme.programme import Programme, QuarterReport
from sim.programme.simulate import simulate

__all__ = ["Programme", "QuarterReport", "simulate"]
