"""What a board hands out: an envelope and a contingency for a quarter, made of the bid and of what it thinks of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Envelope:
    """A quarter's money.

    Attributes
    ----------
    gbp : float
        What is handed out as the quarter begins.
    contingency_gbp : float
        What may be drawn beside it when the quarter closes.
    """

    gbp: float
    contingency_gbp: float

    @property
    def most_gbp(self) -> float:
        """Spend beyond this is overspend."""
        return self.gbp + self.contingency_gbp


def envelope(
    bid_gbp: float, upper_gbp: float, settled_gbp: float, contingency_share: float, verdict: float = 1.0
) -> Envelope:
    """Set a quarter's envelope.

    Parameters
    ----------
    bid_gbp, upper_gbp : float
        Median and upper quantile of the forecast.
    settled_gbp : float
        Funding settled for the quarter.
    contingency_share : float
        The most that is held back as contingency, as a share of the envelope.
    verdict : float
        What the board makes of the programme's results: the share of the settled funding that it allows, 1 for as much
        as was settled, less for a programme that has lost its trust, more for one that earns it.

    Returns
    -------
    Envelope
        In whole pence. No more is handed out than was bid, nor than is allowed.
    """
    granted = round(min(bid_gbp, settled_gbp * verdict), 2)
    return Envelope(granted, round(min(upper_gbp - bid_gbp, contingency_share * granted), 2))
