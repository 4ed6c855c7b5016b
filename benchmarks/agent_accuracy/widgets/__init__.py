"""Episodes on pages that are made with libraries from npm."""
