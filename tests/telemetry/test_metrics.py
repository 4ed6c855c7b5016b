"""What Prometheus is shown: by its own tool, bounded, and all of what the alert rules ask for."""

import json
import re
import subprocess
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from collector.server.store_metrics import MOST_APPS, added
from collector.store.metric_totals import FRICTION, SESSIONS, Key
from collector.telemetry import Counts, Metrics
from collector.telemetry.counts import COUNTED, MEASURED, MOST_LABELS
from collector.telemetry.shown import FAMILIES
from synthetic.metrics import Metrics as RunnerMetrics
from tests.servers import program

ROOT = Path(__file__).parents[2]


def busy(labels: int = 200) -> Metrics:
    """Metrics of a collector where everything happened, under far more names than there should be."""
    metrics = Metrics(CollectorRegistry())
    metrics.watch_spool(size=lambda: 0, limit=1, oldest_s=lambda: 0)
    metrics.watch_connections(lambda: 0)
    for name, (label, _) in COUNTED.items():
        for i in range(labels if label else 1):
            metrics.counts.add(name, f'"{i}\n' if label else "")
    for name in MEASURED:
        metrics.counts.observe(name, 0.3, "0af7651916cd43dd8448eb211c80319c")
    kinds = [f"kind_{i}" for i in range(30)]
    new = {Key(SESSIONS, f"app{i}", "good"): 1 for i in range(labels)}
    new |= {Key(FRICTION, f"app{i}", kind): 1 for i in range(labels) for kind in kinds}
    totals = added({}, new)
    for metric in (SESSIONS, FRICTION):
        metrics.shown.show(metric, {key[1:]: n for key, n in totals.items() if key.metric == metric})
    return metrics


def samples(metrics: Metrics) -> int:
    return sum(len(family.samples) for family in metrics.registry.collect())


def test_prometheus_own_tool_finds_nothing_to_complain_of():
    page = generate_latest(busy(3).registry)
    done = subprocess.run([program("promtool"), "check", "metrics"], input=page, capture_output=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


def test_hostile_names_make_no_more_than_2000_series():
    metrics = busy(500)
    assert samples(metrics) < 2000
    assert metrics.counts.get("snag_collector_events", "other") == 500 - MOST_LABELS


def test_what_is_folded_into_other_is_not_lost():
    new = {Key(SESSIONS, f"app{i}", "good"): 2 for i in range(100)}
    totals = added(added({}, new), new)
    assert sum(totals.values()) == 400
    assert totals[Key(SESSIONS, "other", "good")] == 2 * 2 * (100 - MOST_APPS)


def test_registered_sites_keep_their_name_whoever_came_first():
    new = {Key(SESSIONS, f"app{i}", "good"): 1 for i in range(100)} | {Key(SESSIONS, "shop", "good"): 1}
    totals = added({}, new, ["shop"])
    assert totals[Key(SESSIONS, "shop", "good")] == 1
    assert totals[Key(SESSIONS, "shop", "friction")] == 0


def test_a_counter_never_moves_to_another_name():
    first = added({}, {Key(SESSIONS, f"app{i}", "good"): 1 for i in range(100)})
    second = added(first, {Key(SESSIONS, f"app{i}", "good"): 5 for i in reversed(range(100))})
    assert all(second[key] >= n for key, n in first.items())


def test_exemplars_are_shown_where_they_are_understood_and_nowhere_else():
    metrics = busy(1)
    assert b"0af7651916cd43dd8448eb211c80319c" not in generate_latest(metrics.registry)
    families = text_string_to_metric_families(openmetrics(metrics.registry).decode())
    found = {
        sample.exemplar.labels["trace_id"]
        for family in families
        if family.name == "snag_collector_ingest_lag_seconds"
        for sample in family.samples
        if sample.exemplar
    }
    assert found == {"0af7651916cd43dd8448eb211c80319c"}


def test_counts_of_a_worker_arrive_whole():
    there, here = Counts(), Counts()
    there.add("snag_collector_events", "rage_click", 3)
    there.observe("snag_collector_ingest_lag_seconds", 4, "abc")
    here.restore(json.loads(json.dumps(there.snapshot())))
    assert here.get("snag_collector_events", "rage_click") == 3
    assert here.measured == there.measured
    assert here.exemplars == there.exemplars


def test_every_metric_that_an_alert_asks_for_is_there():
    rules = "".join(file.read_text() for file in (ROOT / "helm/snagwatch/files/rules").glob("*.yaml"))
    asked = set(re.findall(r"\b(?:snag|probe)_[a-z_]+", rules)) - {"snag_watch"}
    metrics = Metrics(CollectorRegistry())
    metrics.watch_spool(size=lambda: 0, limit=0, oldest_s=lambda: 0)
    metrics.watch_connections(lambda: 0)
    metrics.watch_volume(ROOT)
    there = set()
    for family in [*metrics.registry.collect(), *RunnerMetrics(CollectorRegistry()).registry.collect()]:
        there |= {family.name, *(f"{family.name}{end}" for end in ("_total", "_bucket", "_sum", "_count"))}
    assert asked - there == set()


def test_counters_that_alerts_watch_start_at_zero():
    there = {
        (sample.name, *sample.labels.values()): sample.value
        for family in Metrics(CollectorRegistry()).registry.collect()
        for sample in family.samples
    }
    assert there[("snag_collector_events_dropped_total", "shed")] == 0
    assert there[("snag_collector_beacons_refused_total", "spool_full")] == 0
    assert there[("snag_collector_beacons_total", "accepted")] == 0
    runner = RunnerMetrics(CollectorRegistry())
    runner.expect("pay", "north")
    there = {(s.name, *s.labels.values()): s.value for family in runner.registry.collect() for s in family.samples}
    assert there[("snag_journey_runs_total", "pay", "north", "failed", "technical")] == 0
    assert there[("snag_runner_beacons_dropped_total", "full")] == 0


def test_programs_name_their_component():
    components = []
    for registry in (
        Metrics(CollectorRegistry()).registry,
        Metrics(CollectorRegistry(), component="jobs").registry,
        RunnerMetrics(CollectorRegistry()).registry,
    ):
        (sample,) = [s for family in registry.collect() for s in family.samples if s.name == "snag_build_info"]
        components.append(sample.labels["component"])
    assert components == ["collector", "jobs", "runner"]


def test_labels_of_what_is_read_from_the_store_are_those_of_the_contract():
    labels = {name: family.labels for name, family in FAMILIES.items()}
    assert labels["snag_experience_sessions"] == ("app", "quality")
    assert labels["snag_experience_friction_events"] == ("app", "kind")
    assert labels["snag_contacts_last_received_timestamp_seconds"] == ("source",)
    assert labels["snag_correlation_open_surges"] == ("app", "verdict")
