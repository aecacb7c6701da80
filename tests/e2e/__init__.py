"""See CONTRIBUTING for what belongs in `tests/e2e`."""
