"""Grafana boards, written in Python: `python -m dashboards.build` generates their JSON from boards/."""
