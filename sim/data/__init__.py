"""DataOps: from a person's record to a row that a model can read."""
