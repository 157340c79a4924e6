"""What to call the things that a service does: it awards and refuses, answers or hands over, or forecasts."""

from __future__ import annotations

from dataclasses import dataclass

from sim.exports.subject import aim
from sim.scenario import Service


@dataclass(frozen=True)
class Terms:
    """Words for one kind of service.

    Attributes
    ----------
    score : str
        What the model gives for each case.
    decision : str
        What is made of that.
    done, results : str
        What happens to a case, after "were", and what comes of it, in the plural.
    right : str
        What counts as right, after "the share of ".
    served : str
        What groups are compared by, after "the share of ".
    columns : tuple of str
        Of the table of groups: group, those concerned, those served, the rate, and what the recorded sample adds.
    model : str
        What the model is, unless another way of training is in force.
    """

    score: str
    decision: str
    done: str
    results: str
    right: str
    served: str
    columns: tuple[str, ...]
    model: str


def terms_of(service: Service) -> Terms:
    """Return the terms of a service.

    Parameters
    ----------
    service : Service
        One whose people are asked whether they are content hands over what it does not answer; other services of
        classification award and refuse.

    Returns
    -------
    Terms
    """
    if service.regression:
        return Terms(
            score=f"a forecast, in {service.quantity.unit}",
            done="forecast",
            results="forecasts",
            decision="staff and money are planned by the forecast as it stands",
            right=f"forecasts within {service.quantity.tolerance:.0%} of what came",
            served=f"forecasts within {service.quantity.tolerance:.0%} of what came",
            columns=("group", "forecasts", "within tolerance", "share", "mean error in the sample"),
            model="ridge regression",
        )
    if service.satisfaction is not None:
        return Terms(
            score=f"the probability, from 0 to 1, that {service.outcome}",
            done="decided upon",
            results="decisions",
            decision="a rule turns it into one of three: answer, refer to a person, or hand over at once",
            right="final decisions that were right",
            served=f"people answered among all for whom {service.outcome}",
            columns=("group", "could be answered", "answered", "answer rate", "answer", "refer", "hand over"),
            model="logistic regression",
        )
    return Terms(
        score=f"the probability, from 0 to 1, that {service.outcome}",
        done="decided upon",
        results="decisions",
        decision="a rule turns it into one of three: approve, refer to a person, or refuse",
        right="final decisions that were right",
        served="eligible people who were awarded",
        columns=("group", "eligible", "awarded", "award rate", "approved", "referred", "refused"),
        model="logistic regression",
    )


def describe(service: Service) -> str:
    """Say in a clause what a service's model does."""
    return f"forecasts {aim(service)}" if service.regression else f"estimates {aim(service)}"
