"""Tests of fixloop; builders for events and sessions are in `tests.builders`."""
