"""The schema of the store: migrations, retention, cluster tables."""
