"""The processes: public port, workers, supervisor, background jobs."""
