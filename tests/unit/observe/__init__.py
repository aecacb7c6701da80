"""Metrics and health: what is counted, and how it is asked for."""
