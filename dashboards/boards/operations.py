"""For SREs: is the collector well, is anything late, refused or lost, do the runners run."""

from __future__ import annotations

from dashboards.model import BLUE, ORANGE, RED, Board, Panel, Query, Step, Variable
from dashboards.scope import PROMETHEUS

JOB = Variable(
    name="job",
    label="Job",
    description="Prometheus' jobs that scrape collectors",
    source="prometheus",
    query="label_values(snag_build_info, job)",
)
INSTANCE = Variable(
    name="instance",
    label="Instance",
    description="Collectors",
    source="prometheus",
    query='label_values(snag_build_info{job=~"$job"}, instance)',
)
OF = 'job=~"$job", instance=~"$instance"'
NONE_IS_GOOD: tuple[Step, ...] = ((None, BLUE), (0.000001, RED))


def board() -> Board:
    """Operations."""
    return Board(
        uid="snag-ops",
        title="Operations",
        since="now-6h",
        refresh="1m",
        variables=(PROMETHEUS, JOB, INSTANCE),
        description="Whether anything is late, refused or lost on its way into the store, and whether runners run",
        panels=(
            _stat(
                "Oldest event that is not in the store",
                f"max(snag_collector_spool_oldest_seconds{{{OF}}})",
                "s",
                ((None, BLUE), (60.0, ORANGE), (120.0, RED)),
                "Nothing is lost while it grows: the queue holds it. Over two minutes: is the store up, and does it take inserts? "
                "Runbook SnagSpoolOld.",
            ),
            _stat(
                "Queue used",
                f"max(snag_collector_spool_bytes{{{OF}}} / snag_collector_spool_limit_bytes{{{OF}}})",
                "percentunit",
                ((None, BLUE), (0.5, ORANGE), (0.8, RED)),
                "Of the limit, the fullest collector. When it is full, beacons are answered 503 and agents keep them. Free the store, or "
                "raise SNAG_SPOOL_MAX_MB.",
            ),
            _stat(
                "Events lost",
                f'sum(increase(snag_collector_events_dropped_total{{{OF}, reason!="sampled"}}[$__range]))',
                "short",
                NONE_IS_GOOD,
                "Of accepted beacons, in the time range. Must be 0. Otherwise: runbook SnagEventsDropped.",
            ),
            _stat(
                "Versions",
                f"count by (version) (snag_build_info{{{OF}}})",
                "short",
                ((None, BLUE),),
                "Collectors by version: more than one only during an update. If it stays so, a pod did not come up.",
                legend="{{version}}",
            ),
            _series(
                "Beacons by answer",
                (("{{result}}", f"sum by (result) (rate(snag_collector_beacons_total{{{OF}}}[$__rate_interval]))"),),
                "reqps",
                "Accepted, refused, and duplicates (retries of what is kept, harmless). No beacons while sessions are usual: is the tag still "
                "on the pages?",
            ),
            _series(
                "Refused, by reason",
                (
                    (
                        "{{reason}}",
                        f"sum by (reason) (rate(snag_collector_beacons_refused_total{{{OF}}}[$__rate_interval]))",
                    ),
                ),
                "reqps",
                "origin, unknown_app: the list of sites. app_limit, address_limit: their limits. spool_full: the queue. docs/intake.md "
                "has every reason.",
                empty=True,
            ),
            _series(
                "Time to answer a beacon",
                tuple(
                    (
                        f"p{int(q * 100)}",
                        f"histogram_quantile({q}, sum by (le) (rate(snag_collector_request_duration_seconds_bucket{{{OF}}}[$__rate_interval])))",
                    )
                    for q in (0.5, 0.99)
                ),
                "s",
                "The sync to disk is in it. A p99 over 0.1 s is a slow disk or too little processor.",
                steps=((None, BLUE), (0.1, ORANGE), (1.0, RED)),
            ),
            _series(
                "From the visitor into the store",
                tuple(
                    (
                        f"p{int(q * 100)}",
                        f"histogram_quantile({q}, sum by (le) (rate(snag_collector_ingest_lag_seconds_bucket{{{OF}}}[$__rate_interval])))",
                    )
                    for q in (0.5, 0.99)
                ),
                "s",
                "From the event, by the visitor's clock put right, to the store. What is behind by minutes is "
                "missing from every board for so long.",
                steps=((None, BLUE), (60.0, ORANGE), (300.0, RED)),
                empty=True,
            ),
            _series(
                "Queue",
                (("{{instance}}", f"max by (instance) (snag_collector_spool_bytes{{{OF}}})"),),
                "bytes",
                "Acknowledged and not in the store. A sawtooth is well; a line that rises is a store that does not take it.",
            ),
            _series(
                "Into the store",
                (
                    (
                        "p99 of an insert",
                        f"histogram_quantile(0.99, sum by (le) (rate(snag_store_insert_duration_seconds_bucket{{{OF}}}[$__rate_interval])))",
                    ),
                    ("errors a second", f"sum(rate(snag_store_insert_errors_total{{{OF}}}[$__rate_interval]))"),
                ),
                "none",
                "Seconds of one insert, and inserts that the store did not take; they are repeated. Errors: the collector's log says what "
                "the store answered.",
            ),
            _series(
                "Events by kind",
                (("{{kind}}", f"sum by (kind) (rate(snag_collector_events_total{{{OF}}}[$__rate_interval]))"),),
                "cps",
                "A kind that vanishes at a release is an agent or a page that changed; one that explodes is friction, or a loop in a page.",
            ),
            _series(
                "Given up, by reason",
                (
                    (
                        "collector: {{reason}}",
                        f"sum by (reason) (rate(snag_collector_events_dropped_total{{{OF}}}[$__rate_interval]))",
                    ),
                    (
                        "agent: {{reason}}",
                        f"sum by (reason) (rate(snag_agent_events_dropped_total{{{OF}}}[$__rate_interval]))",
                    ),
                    ("set aside", f"sum(rate(snag_collector_spool_corrupt_total{{{OF}}}[$__rate_interval]))"),
                ),
                "cps",
                "Everything that was not kept, by where and why. `snag spool status` shows what was set aside, `snag spool replay` puts it back.",
                steps=NONE_IS_GOOD,
                empty=True,
            ),
            _series(
                "Connections",
                (
                    ("open", f"sum(snag_collector_connections{{{OF}}})"),
                    (
                        "closed: {{reason}}",
                        f"sum by (reason) (rate(snag_collector_connections_closed_total{{{OF}}}[$__rate_interval]))",
                    ),
                ),
                "none",
                "Open ones, and those that the collector closed, a second. too_slow and too_many in numbers: somebody tries to exhaust it, "
                "or a proxy keeps too many.",
            ),
            Panel(kind="row", title="Contacts and chores"),
            _series(
                "Contacts and answers taken",
                (
                    ("{{kind}}", f"sum by (kind) (rate(snag_contacts_rows_total{{{OF}}}[$__rate_interval]))"),
                    (
                        "refused: {{reason}}",
                        f"sum by (reason) (rate(snag_contacts_refused_total{{{OF}}}[$__rate_interval]))",
                    ),
                    (
                        "set aside: {{reason}}",
                        f"sum by (reason) (rate(snag_contacts_set_aside_total{{{OF}}}[$__rate_interval]))",
                    ),
                ),
                "cps",
                "Refused for signature or timestamp: the secret or the clock of the sender. Nothing at all: runbook SnagContactsStale.",
                empty=True,
            ),
            _series(
                "Sources of contacts: since the last one",
                (("{{source}}", f"time() - max by (source) (snag_contacts_last_received_timestamp_seconds{{{OF}}})"),),
                "s",
                "A source that is silent for six hours: nobody called, or its webhook or pull broke; nothing is judged past what is "
                "complete. Runbook SnagContactsStale.",
                steps=((None, BLUE), (10800.0, ORANGE), (21600.0, RED)),
                empty=True,
            ),
            _series(
                "Contacts last judged",
                (("ago", f"time() - max(snag_correlation_last_success_timestamp_seconds{{{OF}}})"),),
                "s",
                "Every five minutes is usual. Over half an hour no surge is found: runbook SnagCorrelationStale.",
                steps=((None, BLUE), (900.0, ORANGE), (1800.0, RED)),
                empty=True,
            ),
            _series(
                "Open surges, by verdict",
                (("{{app}} {{verdict}}", f"max by (app, verdict) (snag_correlation_open_surges{{{OF}}})"),),
                "short",
                "For support leads, on the board Support; here to see whether an incident of yours has reached the phones.",
                empty=True,
            ),
            _series(
                "Messages to support leads",
                (
                    (
                        "{{channel}} {{result}}",
                        f"sum by (channel, result) (rate(snag_notifications_total{{{OF}}}[$__rate_interval]))",
                    ),
                ),
                "cps",
                "failed is tried again. On and on: the webhook's address or secret, or the mail server; `snag notify test`.",
                empty=True,
            ),
            _series(
                "Chores",
                (
                    (
                        "{{chore}} p95",
                        "histogram_quantile(0.95, sum by (le, chore) "
                        f"(rate(snag_store_chore_duration_seconds_bucket{{{OF}}}[$__rate_interval])))",
                    ),
                    (
                        "{{chore}} errors",
                        f"sum by (chore) (rate(snag_store_chore_errors_total{{{OF}}}[$__rate_interval]))",
                    ),
                ),
                "none",
                "Seconds of one turn of rollups, verdicts, retention, and turns that failed; they come again. One that fails on and on: the log.",
                empty=True,
            ),
            Panel(kind="row", title="Runners of journeys"),
            _series(
                "Runs by status",
                (
                    (
                        "{{location}} {{status}}",
                        "sum by (location, status) (rate(snag_journey_runs_total[$__rate_interval]))",
                    ),
                ),
                "cps",
                "error is the runner's own trouble and says nothing of the site: runbook SnagRunnerErrs.",
                empty=True,
            ),
            _series(
                "How late runs begin",
                (
                    ("{{location}}", "max by (location) (snag_runner_schedule_lag_seconds)"),
                    (
                        "missed at {{location}}",
                        "sum by (location) (increase(snag_runner_missed_schedules_total[$__rate_interval]))",
                    ),
                ),
                "none",
                "Seconds, and ticks without a slot. Growing: more slots, or another runner. Runbook SnagRunnerMissing.",
                empty=True,
            ),
            _series(
                "Runners' trouble",
                (
                    ("error: {{reason}}", "sum by (reason) (increase(snag_runner_errors_total[$__rate_interval]))"),
                    ("browser restarts", "sum(increase(snag_runner_browser_restarts_total[$__rate_interval]))"),
                    (
                        "results let go: {{reason}}",
                        "sum by (reason) (increase(snag_runner_beacons_dropped_total[$__rate_interval]))",
                    ),
                ),
                "short",
                "Restarts now and then are usual. Results let go: the collector was away for longer than the runner's buffer lasts.",
                steps=NONE_IS_GOOD,
                empty=True,
            ),
            _series(
                "Runners' memory",
                (("{{location}}", "sum by (location) (snag_runner_rss_bytes)"),),
                "bytes",
                "Of the runner with its browsers. A line that only rises ends with the pod's limit: lower the slots.",
                empty=True,
            ),
        ),
    )


def _stat(title: str, text: str, unit: str, steps: tuple[Step, ...], description: str, *, legend: str = "") -> Panel:
    return Panel(
        kind="stat",
        title=title,
        width=6,
        height=6,
        unit=unit,
        thresholds=steps,
        description=description,
        queries=(Query(source="prometheus", instant=True, legend=legend, text=text),),
    )


def _series(
    title: str,
    asked: tuple[tuple[str, str], ...],
    unit: str,
    description: str,
    *,
    steps: tuple[Step, ...] = (),
    empty: bool = False,
) -> Panel:
    return Panel(
        kind="timeseries",
        title=title,
        width=12,
        height=8,
        unit=unit,
        thresholds=steps,
        description=description,
        may_be_empty=empty,
        queries=tuple(Query(source="prometheus", legend=legend, text=text) for legend, text in asked),
    )
