"""Clients of other systems: Grafana and Prometheus."""
