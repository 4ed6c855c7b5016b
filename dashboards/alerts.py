"""Alert rules for Grafana itself, on what only ClickHouse knows; helm/snagwatch/files/rules has those for Prometheus.

Written to provisioning/alerting/snagwatch.yaml by `python -m tools.generate`. Rules have no variables: the data source's
`$__conditionalAll` is the browser's alone. A verdict never pages: its severity is info.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import yaml

from dashboards.intervals import SCORE, scored
from dashboards.model import Query
from dashboards.render import target

DATASOURCE = "snagwatch-clickhouse"
"""uid of the data source in provisioning/datasources."""

HEAD = """# Written by `python -m tools.generate`. Do not edit.
# Copy to /etc/grafana/provisioning/alerting. Each rule says a number for each site or source; it fires above the threshold.
"""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One rule: text columns of its one query are labels, its one number is held against `above`."""

    uid: str
    title: str
    summary: str
    description: str
    sql: str
    above: float
    window_s: int
    """How far back it looks: wider than rollups are late."""
    wait: str = "5m"
    severity: Literal["page", "ticket", "info"] = "ticket"
    runbook: str
    board: str


_VISITORS = "FROM snag_experience.board_visits WHERE hour >= toStartOfHour(toDateTime($__fromTime(), 'UTC')) AND hour <= $__toTime()"

ALERTS = (
    Alert(
        uid="snag-contact-surge", title="Contacts surge and follow site friction", severity="info", wait="0s", above=0, window_s=7200,
        summary="Contacts about {{ $labels.app }} are above the usual and follow site friction",
        description="For support leads, not for whoever is on call. The board Support says how many, since when, and what else it could be.",
        runbook="SnagContactSurge", board="snag-support",
        sql="""
            SELECT toString(app) AS app, toFloat64(count()) AS surges
            FROM snag_experience.contact_surges_now
            WHERE state = 'standing' AND verdict = 'friction' AND start_ts <= $__toTime() AND end_ts >= $__fromTime()
            GROUP BY app
        """,
    ),
    Alert(
        uid="snag-friction-score", title="Visitors struggle far more than is good", above=25, window_s=10800, wait="10m",
        summary="The friction score of {{ $labels.app }} is {{ $values.A.Value }} of 100",
        description="The lower end of its 95 % interval, over three hours, is above 25: one visit in four as good as blocked. The board "
        "Experience has the friction point that adds most.",
        runbook="SnagExperienceBudgetBurn", board="snag-experience",
        sql=f"""
            SELECT app, score_low AS lower_end
            FROM (
                SELECT app, {SCORE}, visits
                FROM {scored("toString(app) AS app", f"{_VISITORS} AND traffic_source = 'rum'")}
            )
            WHERE visits >= 100
        """,
    ),
    Alert(
        uid="snag-no-visits", title="No visits where there usually are some", above=30, window_s=1800, wait="10m",
        summary="{{ $labels.app }} has had no visits for half an hour; {{ $values.A.Value }} are usual",
        description="Either nobody can reach the site, or the tag is gone from its pages, or beacons do not arrive. The number is the fewest "
        "visits in the same half hour of the last seven days.",
        runbook="SnagNoBeacons", board="snag-ops",
        sql="""
            SELECT app, toFloat64(if(any(now_visits) = 0, min(visits), 0)) AS fewest_usual
            FROM (
                SELECT app, day, visits, sumIf(visits, day = 0) OVER (PARTITION BY app) AS now_visits
                FROM (
                    SELECT toString(app) AS app, arrayJoin(range(8)) AS day,
                        uniqMergeIf(sessions, bucket >= $__fromTime() - toIntervalDay(day) AND bucket < $__toTime() - toIntervalDay(day)) AS visits
                    FROM snag_experience.sessions_5m FINAL
                    WHERE traffic_source = 'rum' AND bucket >= $__fromTime() - INTERVAL 7 DAY AND bucket <= $__toTime()
                    GROUP BY app, day
                )
            )
            WHERE day > 0
            GROUP BY app
        """,
    ),
    Alert(
        uid="snag-source-stale", title="A source of contacts is late", above=21600, window_s=3600, wait="10m",
        summary="Contacts of {{ $labels.source }} are complete only up to {{ $values.A.Value }} seconds ago",
        description="Nothing past it is judged. Its webhook or pull no longer works, or nobody made contact there.",
        runbook="SnagContactsStale", board="snag-support",
        sql="""
            SELECT concat(toString(source), ' ', toString(stream)) AS source,
                toFloat64(dateDiff('second', complete_through_ts, $__toTime())) AS behind_s
            FROM snag_experience.import_watermarks FINAL
            WHERE stream != 'pull'
        """,
    ),
    Alert(
        uid="snag-rollups-late", title="Counts are behind", above=3600, window_s=3600, wait="10m",
        summary="{{ $labels.name }} were last counted {{ $values.A.Value }} seconds ago",
        description="Boards, verdicts and the report are as old as that. Is the process that does the chores up? See snag_store_chore_errors_total.",
        runbook="SnagChoreFails", board="snag-ops",
        sql="""
            SELECT toString(name) AS name, toFloat64(dateDiff('second', updated_ts, $__toTime())) AS behind_s
            FROM snag_experience.rollup_progress FINAL
        """,
    ),
)  # fmt: skip


def rendered(alert: Alert) -> dict[str, Any]:
    """As Grafana's provisioning reads it; the query and the annotations are taken as they stand, without its environment."""
    at = {"from": alert.window_s, "to": 0}
    query = {**target(Query(text=alert.sql), "A"), "intervalMs": 60_000, "maxDataPoints": 100}
    query["datasource"] = {"type": "grafana-clickhouse-datasource", "uid": DATASOURCE}
    threshold = {
        "refId": "C",
        "type": "threshold",
        "expression": "A",
        "datasource": {"type": "__expr__", "uid": "__expr__"},
        "conditions": [{"evaluator": {"type": "gt", "params": [alert.above]}}],
    }
    return {
        "uid": alert.uid,
        "title": alert.title,
        "condition": "C",
        "for": alert.wait,
        # No rows: no site, no source; there is nothing to say.
        "noDataState": "OK",
        "execErrState": "Error",
        "labels": {"severity": alert.severity, "product": "snagwatch"},
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": f"docs/runbooks/{alert.runbook}.md",
            "board": f"/d/{alert.board}",
        },
        "data": [
            {"refId": "A", "relativeTimeRange": at, "datasourceUid": DATASOURCE, "model": query},
            {"refId": "C", "relativeTimeRange": at, "datasourceUid": "__expr__", "model": threshold},
        ],
    }


def generated() -> str:
    """The file."""
    group = {
        "orgId": 1,
        "name": "snagwatch",
        "folder": "Snagwatch",
        "interval": "5m",
        "rules": [rendered(one) for one in ALERTS],
    }
    found = yaml.safe_dump({"apiVersion": 1, "groups": [group]}, sort_keys=False, allow_unicode=True, width=120)
    return HEAD + found
