"""What contacts cost: `python -m benchmarks.contacts`."""
