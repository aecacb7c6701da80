"""fixloop finds fix-reintroduction cycles in coding sessions.

Data flows one way: emit, ingest, detect, land, show. Each stage is a package of that name; they meet only in the contracts of
`fixloop_schemas` and are joined in `fixloop.workers`. Importing this package imports nothing else.
"""

__version__ = "0.1.0"
