"""MLOps: learning, the registry, monitoring, fairness."""
