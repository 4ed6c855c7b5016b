"""Metrics and the intervals that no number is shown without."""
