"""The agents and tools that fixloop can be installed into: where their settings are, and how a hook gets in and out. Text in, text out."""
