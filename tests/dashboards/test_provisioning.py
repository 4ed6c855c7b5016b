"""Provisioning files: what Grafana is told, secrets by its environment alone, and alert rules that fire when they should."""

import re
from datetime import timedelta

import pytest
import yaml

from dashboards import alerts
from tests.conftest import _TABLES
from tests.dashboards.seed import END
from tests.dashboards.test_numbers import visits
from tests.metrics.planted import keep
from tools.expand_boards import Range, expand

RULES = {alert.uid: alert for alert in alerts.ALERTS}


def firing(store, uid):
    """Labels of what is above the threshold, as Grafana's threshold expression has it."""
    alert = RULES[uid]
    sql = expand(alert.sql, Range(END - timedelta(seconds=alert.window_s), END, 60), {}, {})
    columns = store.client.query(f"DESCRIBE TABLE ({sql})").result_rows
    kinds = [row[1] for row in columns]
    assert [k for k in kinds if "String" not in k] in (["Float64"], ["Nullable(Float64)"]), (
        "one number, the rest are labels"
    )
    place = next(at for at, kind in enumerate(kinds) if "Float64" in kind)
    rows = store.client.query(sql).result_rows
    return {row[1 - place] for row in rows if row[place] is not None and row[place] > alert.above}


@pytest.fixture
def empty(_opened):
    for database, table in _opened.client.query(_TABLES).result_rows:
        _opened.client.command(f"TRUNCATE TABLE {database}.{table}")
    return _opened


@pytest.mark.parametrize("uid", RULES)
def test_nothing_fires_on_an_empty_store(empty, uid):
    assert firing(empty, uid) == set()


def test_what_is_well_is_silent_and_what_is_not_fires(seeded):
    assert firing(seeded, "snag-source-stale") == set()
    keep(
        seeded,
        "import_watermarks",
        [{"source": "phones", "stream": "intervals", "complete_through_ts": END - timedelta(hours=7)}],
    )
    assert firing(seeded, "snag-source-stale") == {"phones intervals"}


def surge(store, app, verdict, hours_ago, state="standing"):
    import uuid

    at = END - timedelta(hours=hours_ago)
    keep(
        store,
        "contact_surges",
        [
            {
                "app": app,
                "surge_id": uuid.uuid4(),
                "version": 1,
                "state": state,
                "start_ts": at,
                "end_ts": at + timedelta(minutes=30),
                "verdict": verdict,
                "extra": 40.0,
                "judged_ts": at,
            }
        ],
    )


def test_a_surge_that_follows_friction_is_told_and_others_are_not(empty):
    surge(empty, "shop", "friction", 1)
    surge(empty, "blog", "traffic", 1)
    surge(empty, "docs", "friction", 9)
    surge(empty, "wiki", "friction", 1, state="withdrawn")
    assert firing(empty, "snag-contact-surge") == {"shop"}


@pytest.mark.parametrize(("n", "rate", "fires"), [(200, 0.9, {"shop"}), (200, 0.1, set()), (60, 0.9, set())])
def test_a_score_must_be_high_beyond_doubt_and_of_enough_visits(empty, n, rate, fires):
    import numpy as np

    visits(empty, np.random.default_rng(3), n, rate, hour=1)
    assert firing(empty, "snag-friction-score") == fires


def views(store, days_ago, n, app="shop"):
    at = END - timedelta(days=days_ago, minutes=15)
    store.client.command(
        "INSERT INTO snag_experience.sessions_5m (bucket, app, traffic_source, sessions, views, built_ts) "
        f"SELECT toStartOfFiveMinutes(toDateTime({int(at.timestamp())}, 'UTC')), '{app}', 'rum', "
        f"uniqState(generateUUIDv4(number)), {n}, now() FROM numbers({n})"
    )


def test_silence_is_an_alert_only_where_every_day_of_the_week_was_loud(empty):
    for app in ("shop", "busy", "new"):
        for day in range(1, 8 if app != "new" else 3):
            views(empty, day, 60, app)
    views(empty, 0, 2, "busy")
    assert firing(empty, "snag-no-visits") == {"shop"}


def test_counts_that_stand_still_are_an_alert(empty):
    for name, late in (("5m", 60), ("causes", 7200)):
        keep(
            empty,
            "rollup_progress",
            [{"name": name, "through_ts": END, "updated_ts": END - timedelta(seconds=late)}],
        )
    assert firing(empty, "snag-rollups-late") == {"causes"}


def test_rules_are_as_written_and_lead_somewhere(root):
    text = (root / "dashboards/provisioning/alerting/snagwatch.yaml").read_text(encoding="utf-8")
    assert text == alerts.generated()
    (group,) = yaml.safe_load(text)["groups"]
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in ("ticket", "info")
        assert (root / rule["annotations"]["runbook_url"]).exists()
        assert (root / f"collector/static/dashboards/{rule['annotations']['board'].removeprefix('/d/')}.json").exists()
        assert [one["refId"] for one in rule["data"]] == ["A", "C"]
        assert len(rule["uid"]) <= 40
        assert "conditionalAll" not in rule["data"][0]["model"]["rawSql"]
    assert [r["labels"]["severity"] for r in group["rules"] if "verdict" in str(r["data"])] == ["info"]


def test_data_sources_have_no_secret_in_them_and_the_readers_that_there_are(root):
    from collector.store.sql_port.endpoint import readers

    file = root / "dashboards/provisioning/datasources/snagwatch.yaml"
    found = yaml.safe_load(file.read_text())["datasources"]
    clickhouse = [one for one in found if one["type"] == "grafana-clickhouse-datasource"]
    assert {one["jsonData"]["username"] for one in clickhouse} == set(readers("a", "b"))
    for one in clickhouse:
        assert re.fullmatch(r"\$\{SNAGWATCH_\w+_PASSWORD\}", one["secureJsonData"]["password"])
        assert one["jsonData"]["protocol"] == "http"  # all that the SQL port speaks
    assert alerts.DATASOURCE in {one["uid"] for one in found}
    named = set(re.findall(r"SNAGWATCH_\w+", file.read_text().split("apiVersion")[0]))
    assert named == set(re.findall(r"\$\{(\w+)\}", file.read_text()))


def test_boards_come_from_a_folder_that_nobody_edits(root):
    (provider,) = yaml.safe_load((root / "dashboards/provisioning/dashboards/snagwatch.yaml").read_text())["providers"]
    assert (provider["folderUid"], provider["allowUiUpdates"], provider["type"]) == (
        "snagwatch",
        False,
        "file",
    )
