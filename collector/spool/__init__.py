"""The durable queue between receiving and storing: what is acknowledged is on disk.

`writer.Spool` appends lines to a segment and syncs them in groups; `shipper.Shipper` takes sealed segments
to the store and removes them when they are in it.
"""

from collector.spool.writer import Full, Spool, SpoolFailed, SpoolInUse

__all__ = ["Full", "Spool", "SpoolFailed", "SpoolInUse"]
