"""FinOps: prices, the estate of resources, and the bill."""
