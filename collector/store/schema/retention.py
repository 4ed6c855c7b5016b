"""How long rows are kept: a TTL per table, from settings, changed where it differs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clickhouse_connect.driver.client import Client

from collector.store.schema.cluster_ddl import render

TTLS = {
    "experience": {
        "snag_experience.page_views": "ts", "snag_experience.friction_events": "ts", "snag_experience.help_events": "ts",
        "snag_experience.survey_answers": "ts",
        "snag_experience.journey_runs": "ts", "snag_experience.journey_steps": "ts",
        "snag_experience.friction_causes": "hour", "snag_experience.event_causes": "hour",
        "snag_experience.friction_sessions": "hour",
    },
    "performance": {"snag_performance.web_vitals": "ts", "snag_performance.resource_timings": "ts"},
    "contacts": {
        "snag_experience.support_contacts": "created_ts", "snag_experience.support_contact_events": "event_ts",
        "snag_experience.support_contact_intervals": "interval_start_ts",
        "snag_experience.survey_responses": "ifNull(answered_ts, ingested_ts)",
        "snag_experience.source_maps": "uploaded_ts",
    },
    "rollups": {
        f"{table}_{span}": "bucket"
        for table in ("snag_experience.sessions", "snag_experience.pages", "snag_experience.friction",
                      "snag_performance.web_vitals", "snag_performance.requests")
        for span in ("5m", "1h", "1d")
    }
    | {
        "snag_experience.friction_scores_1h": "hour", "snag_experience.friction_points_1h": "hour",
        "snag_experience.funnel_steps_1d": "day", "snag_experience.funnel_points_1d": "day",
        "snag_performance.imported_series": "ts", "snag_experience.contact_surges": "start_ts",
        "snag_experience.notifications": "updated_ts", "snag_experience.contacts_judged": "judged_ts",
    },
}  # fmt: skip
"""The tables of each group, and the column that their age is counted from."""

_TTL = re.compile(r"\bTTL [^\n]*?toIntervalDay\((\d+)\)")


def apply_retention(client: Client, days: Mapping[str, int], cluster: str = "") -> list[str]:
    """Keep the tables of each group for so many days; returns those whose TTL was changed. Repeating it is free.

    Rows go when their part is merged next, not at once.
    """
    local = "_local" if cluster else ""
    rows = client.query(
        "SELECT concat(database, '.', name), create_table_query FROM system.tables WHERE database LIKE 'snag%'"
    ).result_rows
    texts: dict[str, str] = {row[0]: row[1] for row in rows}
    changed = []
    for group, kept in days.items():
        for table, column in TTLS[group].items():
            found = _TTL.search(texts.get(table + local, ""))
            if found and int(found[1]) == kept:
                continue
            statement = (
                f"ALTER TABLE {table} MODIFY TTL toDateTime({column}) + INTERVAL {kept} DAY "
                "SETTINGS materialize_ttl_after_modify = 0"
            )
            for one in render(statement, cluster):
                client.command(one)
            changed.append(table)
    return changed


def oldest(client: Client, table: str) -> str:
    """Day of the oldest row of a table that has a retention; empty for others, and for an empty table."""
    column = next((group[table] for group in TTLS.values() if table in group), "")
    if not column:
        return ""
    rows = client.query(f"SELECT count(), toString(toDate(min({column}))) FROM {table}").result_rows
    return str(rows[0][1]) if rows[0][0] else ""
