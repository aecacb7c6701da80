"""What the parts of fixloop agree on: events, topics, tables, metrics, signatures, roles of paths.

Importing this package imports nothing else, so that the core and the emitters can use its pure parts without any extra:
`kinds`, `signature`, `path_role`, `digest`, `limits`. The modules under `events` and what builds on them need pydantic.
"""
