"""Grafana boards, written in Python: `python -m dashboards.build` writes json/ from boards/."""
