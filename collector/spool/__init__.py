"""The durable queue between receiving and storing: what is acknowledged is on disk.

`writer.Spool` appends lines to a segment and syncs them in groups; `shipper.Shipper` takes sealed segments
to the store and removes them when they are in it. `line` is the byte layout of a line.
"""

from collector.spool.folder import SpoolInUse
from collector.spool.writer import Full, Spool, SpoolFailed

__all__ = ["Full", "Spool", "SpoolFailed", "SpoolInUse"]
