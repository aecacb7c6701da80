"""Reports that test runners write: one module a format, each with `read(unit, asked)` for `fixloop import` and a pure reading below it.

Dialects write retries in ways of their own; an attempt never becomes an outcome (docs/reports.md).
"""
