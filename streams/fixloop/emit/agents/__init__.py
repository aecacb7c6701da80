"""Coding agents' hook calls as events."""
