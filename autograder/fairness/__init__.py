"""Whether marks hang on the work and not on the worlds that a learner has been given."""
