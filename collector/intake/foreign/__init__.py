"""What agents of others send, in our vocabulary. What cannot be judged from it stays out, and is counted.

`faro` reads the Grafana Faro web SDK, `otlp` OpenTelemetry's logs with browser events. Bytes in, beacons out: no I/O.
"""

from collector.intake.foreign.beacons import AGENTS, Foreign, Reader

__all__ = ["AGENTS", "Foreign", "Reader"]
