"""Timings worth quoting, as ratios measured in one process."""
