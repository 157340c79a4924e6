"""The open checks of m03, Pipelines, gates, contracts, lineage."""

from autograder.tasks.m03 import contract, gate, lineage, repair, schema

__all__ = ["contract", "gate", "lineage", "repair", "schema"]
