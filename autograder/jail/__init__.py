"""The jail: where a learner's notebook runs, out of reach of the course, of other learners and of the network."""

from autograder.jail.jail import Inmate, Jail
from autograder.jail.limits import Limits
from autograder.jail.walls import Walls, choose

__all__ = ["Inmate", "Jail", "Limits", "Walls", "choose"]
