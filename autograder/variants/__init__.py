"""Each learner's own worlds, drawn from the course's secret: a copied number fails, and any mark can be redone."""

from autograder.variants.secret import Secret, read_secret, write_secret
from autograder.variants.variant import OPEN, Variant, variant_of

__all__ = ["OPEN", "Secret", "Variant", "read_secret", "variant_of", "write_secret"]
