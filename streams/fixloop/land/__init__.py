"""Where results land: rows, batches, the ClickHouse store and its tables."""
