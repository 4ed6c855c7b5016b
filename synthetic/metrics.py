"""What a runner says of journeys and of itself to Prometheus: blackbox_exporter's names first, so that its dashboards
and alerts work, then our own."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from collector import __version__
from synthetic.result import Result

SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)
ENDINGS = (
    ("passed", "none"), ("degraded", "friction"), ("error", "monitor"),
    ("failed", "technical"), ("failed", "infrastructure"), ("failed", "friction"),
)  # fmt: skip
"""Status and fault of runs that are shown with 0 before the first: a counter that appears with 1 has no increase."""

DROPPED = ("full", "refused", "too_old", "unreadable")
"""Reasons for which the outbox drops beacons."""

STEP_STATUS = {"ok": 0, "slow": 1, "degraded": 2, "failed": 3, "skipped": 4}


class Metrics:
    """All of it, in a registry of its own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        here = ["journey", "location"]

        def gauge(name: str, meaning: str, labels: list[str]) -> Gauge:
            return Gauge(name, meaning, labels, registry=registry)

        def counter(name: str, meaning: str, labels: list[str]) -> Counter:
            return Counter(name, meaning, labels, registry=registry)

        self.registry = registry
        self._success = gauge("probe_success", "1: the last run reached its end; 0: the site failed it.", here)
        self._took = gauge("probe_duration_seconds", "How long the last run took.", here)
        self._runs = counter(
            "snag_journey_runs", "Runs by how they ended and whose fault it was.", [*here, "status", "fault"]
        )
        self._seconds = Histogram(
            "snag_journey_duration_seconds", "How long runs took.", here, buckets=SECONDS, registry=registry
        )
        self._step_seconds = Histogram(
            "snag_journey_step_duration_seconds",
            "How long steps took.",
            [*here, "step"],
            buckets=SECONDS,
            registry=registry,
        )
        self._step_status = gauge(
            "snag_journey_step_status",
            "Of the last run: 0 ok, 1 slow, 2 degraded, 3 failed.",
            [*here, "step"],
        )
        self._friction = counter("snag_journey_friction_events", "Friction met in runs.", [*here, "step", "kind"])
        self._failures = gauge(
            "snag_journey_consecutive_failures",
            "Runs that the site failed, one after the other, until now.",
            here,
        )
        self._last_success = gauge(
            "snag_journey_last_success_timestamp_seconds", "Start of the last run that passed.", here
        )
        self._last_run = gauge("snag_journey_last_run_timestamp_seconds", "Start of the last run.", here)
        self._certificate = gauge(
            "snag_journey_certificate_expiry_timestamp_seconds",
            "When the certificate of the site expires.",
            here,
        )
        self._contended = counter(
            "snag_journey_contended_runs", "Runs that had too little processor to be timed fairly.", here
        )
        self.missed = counter("snag_runner_missed_schedules", "Ticks for which no slot was free in time.", here)
        self.restarts = counter(
            "snag_runner_browser_restarts", "Browsers and workers that were replaced, by reason.", ["reason"]
        )
        self.errors = counter("snag_runner_errors", "Runs that the monitor itself spoiled, by reason.", ["reason"])
        self.dropped = counter("snag_runner_beacons_dropped", "Beacons that were let go, by reason.", ["reason"])
        self.lag = Gauge("snag_runner_schedule_lag_seconds", "How late the last run began.", registry=registry)
        for reason in DROPPED:
            self.dropped.labels(reason)
        build = Gauge("snag_build_info", "Version of this program.", ["version", "component"], registry=registry)
        build.labels(__version__, "runner").set(1)
        self._failing: dict[str, int] = {}

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Show something as it is when it is asked for."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def expect(self, journey: str, location: str) -> None:
        """Show the counters of a journey with 0 before its first run."""
        for status, fault in ENDINGS:
            self._runs.labels(journey, location, status, fault)
        self.missed.labels(journey, location)

    def add(self, done: Result) -> None:
        """Count a run. The monitor's own faults say nothing of the site, and leave its gauges alone."""
        here = (done.journey, done.location)
        self._runs.labels(*here, done.status, done.fault).inc()
        self._last_run.labels(*here).set(done.started_ts / 1000)
        if done.contended:
            self._contended.labels(*here).inc()
        if done.status == "error":
            self.errors.labels(done.reason).inc()
            return
        failed = done.status == "failed"
        self._failing[done.journey] = self._failing.get(done.journey, 0) + 1 if failed else 0
        self._failures.labels(*here).set(self._failing[done.journey])
        self._success.labels(*here).set(not failed)
        self._took.labels(*here).set(done.duration_ms / 1000)
        self._seconds.labels(*here).observe(done.duration_ms / 1000)
        if not failed:
            self._last_success.labels(*here).set(done.started_ts / 1000)
        if done.certificate_until:
            self._certificate.labels(*here).set(done.certificate_until)
        for step in done.steps:
            self._step_seconds.labels(*here, step.name).observe(step.duration_ms / 1000)
            self._step_status.labels(*here, step.name).set(STEP_STATUS[step.status])
            for kind in step.friction:
                self._friction.labels(*here, step.name, kind).inc()
