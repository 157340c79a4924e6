"""The sealed marks: made outside the jail, by the same checks, on worlds that are the learner's own."""
