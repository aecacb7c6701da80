"""See CONTRIBUTING for what belongs in `tests/bench`."""
