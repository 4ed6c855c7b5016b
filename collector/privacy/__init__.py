"""What keeps people out of the store: redaction, keyed hashes, suppression, erasure, the report."""
