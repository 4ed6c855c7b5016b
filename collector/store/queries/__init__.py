"""SQL, one folder for each topic, with a typed function for each query."""
