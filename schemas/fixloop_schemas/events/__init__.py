"""The event models, one module a subject and version. `fixloop_schemas.registry` maps type names to them."""
