"""The collector's metrics, for Prometheus."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, Exemplar, HistogramMetricFamily, Metric

from collector import __version__
from collector.telemetry.counts import COUNTED, LABELS_FROM_START, MEASURED, Counts
from collector.telemetry.counts import Exemplar as Latest
from collector.telemetry.shown import Shown


class Metrics:
    """Metrics in a registry of their own, so that two collectors fit into one process.

    `counts` are of this process, `sources` are all counts that are summed, such as those of workers, and `shown` holds
    values read from the store. `component` is `collector` or `jobs`.
    """

    def __init__(self, registry: CollectorRegistry, component: str = "collector") -> None:
        self.registry = registry
        self.counts = Counts()
        self.sources = [self.counts]
        self.shown = Shown()
        registry.register(self)
        build = Gauge("snag_build_info", "Version of this program.", ["version", "component"], registry=registry)
        build.labels(__version__, component).set(1)

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; called by the registry."""
        yield from map(self._counter, COUNTED)
        yield from map(self._histogram, MEASURED)
        yield from self.shown.collect()

    def _counter(self, name: str) -> Metric:
        label, meaning = COUNTED[name]
        counter = CounterMetricFamily(name, meaning, labels=[label] if label else [])
        by_label: dict[str, float] = dict.fromkeys(LABELS_FROM_START.get(name, ()) if label else ("",), 0)
        for source in self.sources:
            for value, n in source.counted[name].items():
                by_label[value] = by_label.get(value, 0) + n
        for value, n in by_label.items():
            counter.add_metric([value] if label else [], n)
        return counter

    def _histogram(self, name: str) -> Metric:
        bounds, meaning = MEASURED[name]
        sums = [sum(numbers) for numbers in zip(*(source.measured[name] for source in self.sources), strict=True)]
        latest: dict[int, Latest] = {}
        for source in self.sources:
            for bucket, one in source.exemplars.get(name, {}).items():
                if bucket not in latest or one.at > latest[bucket].at:
                    latest[bucket] = one
        exemplars = {bucket: Exemplar({"trace_id": one.trace_id}, one.value, one.at) for bucket, one in latest.items()}
        names = [*(str(float(bound)) for bound in bounds), "+Inf"]
        return HistogramMetricFamily(
            name,
            meaning,
            buckets=[
                (upto, n, exemplars[bucket]) if bucket in exemplars else (upto, n)
                for bucket, (upto, n) in enumerate(zip(names, accumulate(sums[:-1]), strict=True))
            ],
            sum_value=sums[-1],
        )

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Add a gauge that calls `value` at each scrape."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def watch_connections(self, number: Callable[[], float]) -> None:
        """Add the gauge of open connections of the public port."""
        self.watch("snag_collector_connections", "Open connections of the public port.", number)

    def watch_spool(self, *, size: Callable[[], float], limit: float, oldest_s: Callable[[], float]) -> None:
        """Add the gauges of the queue."""
        self.watch("snag_collector_spool_bytes", "Bytes acknowledged and not in the store.", size)
        self.watch("snag_collector_spool_limit_bytes", "Size that the queue may reach.", lambda: limit)
        self.watch(
            "snag_collector_spool_oldest_seconds",
            "Age of the oldest event that is acknowledged and not in the store.",
            oldest_s,
        )

    def watch_volume(self, folder: Path) -> None:
        """Add the gauges of the volume that holds the queue, and the embedded store beside it."""

        def usage(field: str) -> float:
            try:
                return float(getattr(shutil.disk_usage(folder), field))
            except OSError:
                return math.nan

        self.watch("snag_collector_volume_free_bytes", "Free space of the data volume.", lambda: usage("free"))
        self.watch("snag_collector_volume_size_bytes", "Size of the data volume.", lambda: usage("total"))
