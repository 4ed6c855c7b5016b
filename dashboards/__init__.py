"""Grafana boards, written in Python: `python -m tools.generate` writes json/ from boards/."""
