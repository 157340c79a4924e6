"""Finite people: teams with queues, and caseworkers."""
