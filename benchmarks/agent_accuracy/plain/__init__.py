"""Episodes on pages without a library."""
