"""Boards as code: `python -m grafana.build` writes the JSON that Grafana reads. Standard library only."""
