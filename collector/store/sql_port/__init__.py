"""ClickHouse's HTTP protocol in front of an embedded store."""
