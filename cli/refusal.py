"""What the command line itself refuses."""

from __future__ import annotations

from sim.errors import TrinityError


class Refusal(TrinityError):
    """A request that cannot be carried out as it was typed: a folder that is not empty, a port in use, a bad file."""
