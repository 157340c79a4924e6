"""The practices that are in force for a service when a run ends, as its journal tells, in words for everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.decisions import POINTS
from sim.decisions.point import name_of
from sim.run import Run

WORDS = {
    "validate": "a gate holds doubtful records back before the model reads them",
    "repair": "missing and impossible values are mended",
    "catalogue": "it is written down whose each column is and what it means",
    "watch_data": "what is delivered is compared with what usually comes",
    "protect": "records are made less telling before they are stored",
    "watch_model": "an alarm is raised when recent cases differ from those that the model has learnt from",
    "retrain": "a rule says when a new version is trained",
    "decide": "a rule says which cases go to a person",
    "train": "the way of training has been chosen for these records",
    "promote": "a new version comes into use only if it compares well with the one before",
    "versioning": "earlier versions are kept, so that they can be brought back",
    "roll_back": "a release that goes wrong is taken back",
    "scale": "machines are switched on and off with the load",
    "size": "machines are as large as their use demands",
    "watch_spend": "a jump in spending raises an alert",
    "tag": "it is written on each machine who answers for it",
    "allocate": "each service is shown what it costs, so that nobody pays for what nobody uses",
    "commit": "machines that always run are paid for in advance, for less",
    "place": "models are trained where and when it costs and pollutes least",
    "forecast": "what the programme will cost is forecast each quarter",
    "fund": "each quarter's money is split among the services by what it is worth there",
    "organise": "people of several trades work on a service together",
    "adopt": "new practices are taken up one after the other",
    "govern": "it is settled who approves, who looks on and what people see before it is decided",
}
"""What practices mean to people whose cases are decided; `Practice` tells those that depend on what was chosen."""

PROTECTED = {
    "pseudonymise": "each case is kept under another number, which tells nothing without a key",
    "generalise": "what others might know of a person is kept only roughly",
    "add_noise": "what others might know of a person is blurred by chance",
    "protect_records": "each case is kept under another number, which tells nothing without a key, and what others "
    "might know of a person is kept only roughly",
}
"""What the practices of protection that the simulator ships do."""


@dataclass(frozen=True)
class Practice:
    """One decision that is not the plainest.

    Attributes
    ----------
    point : str
        Decision point.
    detail : str
        What was decided, as the journal names it.
    day : float
        From when it was in force.
    """

    point: str
    detail: str
    day: float

    @property
    def words(self) -> str:
        """What it means, without its date."""
        fields = self.fields
        if self.point == "ingest":
            return "records are taken in every hour" if self.detail == "hourly" else "records are taken in as they come"
        if self.point == "contracts":
            return f"owners of {self._named('every source')} have agreed what they deliver and announce changes to it"
        if self.point == "tests":
            return f"each new version must pass {self._named('every suite of tests')} before it is used"
        if self.point == "retain":
            return f"records are kept {self.kept}"
        if self.point == "release" and "share" in fields:
            return f"a new version decides {float(fields['share']):.0%} of cases for {fields['days']} days before all"
        if self.point == "release":
            beside = self.detail.startswith("Shadow")
            first = "a new version scores every case beside the one in use" if beside else "the way back stays open"
            return f"{first} for {fields['days']} days {'before it decides any' if beside else 'after a release'}"
        if self.point == "protect" and self.detail in PROTECTED:
            return PROTECTED[self.detail]
        return WORDS[self.point]

    @property
    def named(self) -> str:
        """The name of the practice, where it is a function that has one; empty for a choice or a monitor."""
        point = POINTS[self.point]
        return "" if point.chosen or hasattr(point.naive, "score_fn") else self.detail

    @property
    def fields(self) -> dict[str, str]:
        """The parts of a choice that has several, such as ``hot_days``."""
        return dict(re.findall(r"(\w+)=([\w.]+)", self.detail))

    @property
    def kept(self) -> str:
        """How long records are kept, where this is a choice of retention."""
        days = [self.fields[name] for name in ("hot_days", "cool_days", "archive_days")]
        places = ("close at hand", "in cheaper storage", "in an archive that is offline")
        told = [f"{d} days {p}" for d, p in zip(days, places, strict=True) if d not in ("inf", "0")]
        if "inf" in days:
            return ", then ".join([*told, f"{places[days.index('inf')]} for ever"])
        return ", then ".join([*told, "deleted"])

    def _named(self, everything: str) -> str:
        names = re.findall(r"'([^']+)'", self.detail)
        return ", ".join(names) if names else everything


def in_force(run: Run, service: str) -> dict[str, Practice]:
    """Return the practices in force for a service at the end of a run, by decision point, earliest first.

    Parameters
    ----------
    run : Run
        Its journal.
    service : str
        One of its services; what holds for the whole department holds for it.

    Returns
    -------
    dict of str to Practice
        Points at which the naive default is in force are left out.
    """
    journal = run.journal[run.journal["kind"].isin(["in force", "decided"])]
    mine = (journal["service"] == "") | journal["service"].str.split(", ").map(lambda names: service in names)
    found: dict[str, Practice] = {}
    for row in journal[mine].itertuples(index=False):
        point = POINTS[row.subject]
        before = found.pop(row.subject, None)
        given_up = before is not None and row.kind == "decided" and row.detail == name_of(point, point.naive)
        if not given_up:
            found[row.subject] = Practice(row.subject, row.detail, row.day)
    return found
