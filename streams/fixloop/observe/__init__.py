"""How fixloop itself is watched: metrics and health over HTTP."""
