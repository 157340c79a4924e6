"""The jail: where a learner's notebook runs, with nothing of the course, of other learners or of the network in reach."""

from autograder.jail.jail import Inmate, Jail
from autograder.jail.limits import Limits
from autograder.jail.walls import Walls, choose

__all__ = ["Inmate", "Jail", "Limits", "Walls", "choose"]
