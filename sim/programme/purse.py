"""A service's purse: money of its own for reviews, retrainings and further machines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.data.casefile import APPROVE, REFER, REFUSE
from sim.decisions import POINTS

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay


class Purse:
    """What a service may spend on discretionary work in a quarter, and what it does with it.

    Parameters
    ----------
    service : ServiceDay
        Whose purse.

    Attributes
    ----------
    gbp, left_gbp : float
        What it held as the quarter began, and holds now; infinite where the service has no purse of its own.
    drawn_gbp, bought_gbp, refused_gbp : float
        Drawn this quarter; of that, for reviews; and asked for reviews, and not had.
    retrainings : int
        Begun this quarter.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme = service, service.programme
        self.open(math.inf)

    def open(self, gbp: float) -> None:
        """Fill the purse for a quarter; what was left in it is gone."""
        self.gbp = self.left_gbp = gbp
        self.drawn_gbp = self.bought_gbp = self.refused_gbp = self._worth_gbp = 0.0
        self.retrainings = self._reviews = self._changed = 0
        self._told = False

    def grant(self, gbp: float) -> bool:
        """Draw money, all of it or, where it is not there, none; say which."""
        if gbp > self.left_gbp:
            return False
        self.left_gbp -= gbp
        self.drawn_gbp += gbp
        return True

    @property
    def review_gbp(self) -> float:
        """What one review of a simulated case costs, for all the people for whom it stands."""
        given, staff = self._service.given, self._programme.scenario.staff
        hourly = self._service.deciding.casework.hourly_gbp(staff.caseworker_pay_gbp, staff.on_cost)
        return given.weight * given.review.minutes / 60 * hourly

    @property
    def retraining_gbp(self) -> float:
        """What the computing of one retraining costs on the machine that does it now."""
        estate, given = self._programme.estate, self._service.given
        machine = estate.find("training", given.name)
        if machine is None or not estate.vcpu[machine]:
            return 0.0
        return given.training.machine_hours / estate.vcpu[machine] * estate.price[machine]

    def buy_reviews(self, choice: np.ndarray, score: np.ndarray) -> None:
        """Buy reviews of the cases referred tonight, as far as the money goes; else the model's answer stands.

        Parameters
        ----------
        choice : ndarray of int8, shape (n,)
            `APPROVE`, `REFER` or `REFUSE` of each case, in the order in which they came; changed in place.
        score : ndarray of float, shape (at least n,)
            The model's score of each.
        """
        if math.isinf(self.left_gbp) and not self._watched:
            return
        referred, price = np.nonzero(choice == REFER)[0], self.review_gbp
        bought = len(referred) if price * len(referred) <= self.left_gbp else int(self.left_gbp / price)
        self.grant(bought * price)
        self.bought_gbp += bought * price
        if bought < len(referred):
            without = referred[bought:]
            choice[without] = np.where(score[without] >= 0.5, APPROVE, REFUSE)
            self.refused_gbp += len(without) * price
            self._tell("reviews not bought")

    def look_back(self, rows: np.ndarray) -> None:
        """Note what reviews have changed.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
            Cases that people have decided.
        """
        if not self._watched or not len(rows):
            return
        file, given = self._service.file, self._service.given
        value, weight = given.value, given.weight
        granted, model = file.granted[rows] == 1, file.score[rows] >= 0.5
        changed = granted != model
        alone = np.where(granted, value.right_gbp, value.right_refusal_gbp)
        spared = np.where(granted, value.wrong_refusal_gbp, value.wrong_award_gbp)
        worth = value.reviewed_right_gbp + np.where(changed, spared, -alone)
        self._reviews += len(rows) * weight
        self._changed += int(changed.sum()) * weight
        self._worth_gbp += float(worth.sum()) * weight

    def may_retrain(self) -> bool:
        """Pay for the computing of a retraining, and say whether it may begin; nothing does under spending controls."""
        if self._programme.books.controlled or not self.grant(self.retraining_gbp):
            self._tell("retraining waits for money")
            return False
        self.retrainings += 1
        return True

    def machines(self, wanted: int, bought: int, machine: int) -> int:
        """Pay for a day of machines beyond those bought, as far as the money goes; return how many run in all."""
        further = wanted - bought
        if further <= 0 or math.isinf(self.left_gbp) and not self._watched:
            return wanted
        estate = self._programme.estate
        price = 24 * estate.price[machine]
        paid = further if price * further <= self.left_gbp else int(self.left_gbp / price)
        self.grant(paid * price)
        if paid < further:
            self._tell("no further machines")
        return bought + paid

    def row(self) -> dict[str, float]:
        """Return what the ``fund`` decision is told; see `sim.decisions.fund.USE`."""
        return {
            "purse_gbp": self.gbp,
            "drawn_gbp": self.drawn_gbp,
            "bought_gbp": self.bought_gbp,
            "refused_gbp": self.refused_gbp,
            "reviews": self._reviews,
            "review_gbp": self.review_gbp / self._service.given.weight,
            "changed": self._changed,
            "worth_gbp": self._worth_gbp,
            "retrainings": self.retrainings,
            "retraining_gbp": self.retraining_gbp,
        }

    @property
    def _watched(self) -> bool:
        """Whether anybody will want to know."""
        return self._programme.holder["fund"] is not POINTS["fund"].naive

    def _tell(self, what: str) -> None:
        """Write once a quarter that something waits."""
        if not self._told:
            self._told = True
            self._service.write(self._programme.env.now, what, "purse", None, f"{self.left_gbp:.2f} GBP left")
