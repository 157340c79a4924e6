"""What crosses between a jail and the marking: plain values as JSON and raw numbers, in frames of stated length.

Nothing is ever unpickled, and what comes out of a jail can name no code: only what goes in may.
"""

from autograder.bridge.line import Line
from autograder.bridge.values import Box, Kept, pack, unpack

__all__ = ["Box", "Kept", "Line", "pack", "unpack"]
