"""Every query of every panel, variable and annotation, expanded as the data source does, on the real schema."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.build import boards
from tests.dashboards.conftest import BOARDS
from tests.dashboards.seed import END
from tools.expand_boards import ALL, Range, expand, interval_s
from tools.lint_boards import panels, targets, variables

CLICKHOUSE = "grafana-clickhouse-datasource"
SQL_BOARDS = [uid for uid, board in BOARDS.items() if any(targets(board, CLICKHOUSE))]
EMPTY_MAY = {(b.uid, p.title) for b in boards() for p in b.panels if p.may_be_empty}
CHOSEN = {
    "app": ["shop"], "env": ["production"], "release": ["2.4"], "device": ["phone"], "journey": ["checkout"],
}  # fmt: skip
OPTIONS = {
    "app": ["shop", "o'shop"],
    "env": ["production"],
    "release": ["2.3", "2.4"],
    "device": ["phone", "desktop"],
    "journey": ["checkout"],
}
SINGLE = {"datasource": "ds", "traffic": "rum", "release_a": "2.3", "release_b": "2.4"}
EVERYTHING = dict.fromkeys(CHOSEN, ALL) | SINGLE
WEEK, DAY, QUARTER = (
    (END - timedelta(days=7), END),
    (END - timedelta(days=1), END),
    (END - timedelta(days=90), END),
)
TO_COME = (END + timedelta(days=10), END + timedelta(days=11))
PAST = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))

SCENARIOS = {
    "all": (WEEK, EVERYTHING),
    "one": (WEEK, CHOSEN | SINGLE),
    "several": (WEEK, CHOSEN | SINGLE | {name: OPTIONS[name] for name in ("app", "release", "device")}),
    "a value with a quote": (WEEK, EVERYTHING | {"app": ["o'shop"]}),
    "ninety days": (QUARTER, EVERYTHING),
    "an empty range": (PAST, EVERYTHING),
    "a range to come": (TO_COME, EVERYTHING),
    "a day": (DAY, EVERYTHING),
    "nothing of that name": (WEEK, EVERYTHING | {"app": ["'); DROP TABLE x; --"]}),
}  # fmt: skip
WITH_ROWS = ("all", "several", "a value with a quote", "ninety days")
WITHOUT_ROWS = ("an empty range", "a range to come")
UNTIMED = {("snag-support", "How far each source is complete")}
"""What is always of now: the state of an import."""


def asked(scenario, sql, least=""):
    (start, end), values = SCENARIOS[scenario]
    return expand(sql, Range(start, end, interval_s(start, end, least)), values, OPTIONS)


def run(store, sql):
    """Names and types of the columns, as the data source learns them also of no rows, and the rows."""
    columns = store.client.query(f"DESCRIBE TABLE ({sql})").result_rows
    return [row[0] for row in columns], [row[1] for row in columns], store.client.query(sql).result_rows


def wrong_shape(panel, target, names, kinds, rows):
    """Return why Grafana could not draw the result, or an empty string."""
    if target["format"] == 0 and (wrong := wrong_series(names, kinds, rows)):
        return wrong
    if panel["type"] == "barchart" and panel["options"]["xField"] not in names:
        return f"no column {panel['options']['xField']}"
    if panel["type"] == "stat" and len(rows) > 1:
        return "more than one row"
    if undrawable := [kind for kind in kinds if kind.startswith(UNDRAWABLE)]:
        return f"columns of {undrawable}"
    absent = {o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]} - set(names)
    if absent and len(panel["targets"]) == 1:
        return f"overrides for columns that do not exist: {absent}"
    if any(isinstance(value, float) and value != value for row in rows for value in row):
        return "a number is nan"
    return ""


UNDRAWABLE = ("Array", "Tuple", "Map", "Enum", "Nullable(Nothing)", "Aggregate", "Nothing")


def wrong_series(names, kinds, rows):
    """Return why these columns are not a time series, or an empty string."""
    if names[0] != "time" or "DateTime" not in kinds[0]:
        return f"the first column is {names[0]} {kinds[0]}, not the time"
    times = [row[0] for row in rows]
    if times != sorted(times):
        return "the time does not ascend"
    texts = [tuple(row[at] for at, kind in enumerate(kinds) if "String" in kind) for row in rows]
    if len(set(zip(times, texts, strict=True))) != len(rows):
        return "two rows have the same time and labels"
    if not any("Int" in kind or "Float" in kind for kind in kinds):
        return "no number"
    return ""


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("uid", SQL_BOARDS)
def test_every_panel_has_the_shape_that_it_draws(seeded, uid, scenario):
    wrong = []
    for panel, target in targets(BOARDS[uid], CLICKHOUSE):
        sql = asked(scenario, target["rawSql"], panel.get("interval", ""))
        try:
            names, kinds, rows = run(seeded, sql)
        except Exception as error:
            wrong.append(f"{panel['title']}: {str(error)[:600]}\n{sql}")
            continue
        if why := wrong_shape(panel, target, names, kinds, rows):
            wrong.append(f"{panel['title']}: {why}")
        numbers = [v for row in rows for v, k in zip(row, kinds, strict=True) if "String" not in k and "Date" not in k]
        told = any(value is not None and value != 0 for value in numbers)
        if scenario in WITH_ROWS and (not rows or (numbers and not told)):
            wrong.append(f"{panel['title']}: nothing, where there is something\n{sql}")
        if scenario in WITHOUT_ROWS and told and (uid, panel["title"]) not in UNTIMED:
            wrong.append(f"{panel['title']}: something, where there is nothing: {rows[:3]}")
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("uid", SQL_BOARDS)
def test_variables_offer_what_is_there_in_the_time_range(seeded, uid):
    for one in variables(BOARDS[uid]):
        if one["type"] != "query" or one["datasource"]["type"] != CLICKHOUSE:
            continue
        names, kinds, rows = run(seeded, asked("all", one["query"]["rawSql"]))
        assert len(names) == 1, one["name"]
        assert "String" in kinds[0], one["name"]
        assert {row[0] for row in rows} >= set(OPTIONS.get(one["name"], RELEASES)), one["name"]
        if one["name"] != "journey":
            assert run(seeded, asked("an empty range", one["query"]["rawSql"]))[2] == [], one["name"]
    newest = {
        v["name"]: run(seeded, asked("all", v["query"]["rawSql"]))[2][0][0]
        for v in variables(BOARDS["snag-release"])
        if v["name"].startswith("release_")
    }
    assert newest == {"release_a": "2.3", "release_b": "2.4"}


RELEASES = ("2.3", "2.4")


@pytest.mark.parametrize("uid", SQL_BOARDS)
def test_annotations_mark_releases_incidents_events_and_surges(seeded, uid):
    for one in BOARDS[uid]["annotations"]["list"]:
        if "target" not in one:
            continue
        names, kinds, rows = run(seeded, asked("all", one["target"]["rawSql"]))
        assert list(names) == ["time", "timeEnd", "text", "tags"]
        assert "Nothing" not in kinds[1]
        assert rows, one["name"]
        assert [row[0] for row in rows] == sorted(row[0] for row in rows)
        assert run(seeded, asked("an empty range", one["target"]["rawSql"]))[2] == []
        only = asked("a value with a quote", one["target"]["rawSql"])
        assert not any("shop 2" in row[2] and "o'shop" not in row[2] for row in run(seeded, only)[2])


OF_RUNS_OR_SAID = ("traffic_source = 'synthetic'", "contact_surge", "feedback_links", "metric_surveys")
"""What no visit's traffic source is asked of: runs, surges, loops, surveys."""


@pytest.mark.parametrize("uid", SQL_BOARDS)
def test_who_looks_at_simulated_visits_sees_no_visitor(seeded, uid):
    """The store has visitors alone: nothing is left where they are not asked for."""
    start, end = WEEK
    for panel, target in targets(BOARDS[uid], CLICKHOUSE):
        sql = target["rawSql"]
        if "${traffic" not in sql:
            assert any(one in sql for one in (*OF_RUNS_OR_SAID, "metric_", "import_watermarks", "imported_series")), (
                panel["title"]
            )
            continue
        if "metric_contacts" in sql and "friction_1h" not in sql:
            continue
        at = Range(start, end, interval_s(start, end, panel.get("interval", "")))
        _, kinds, rows = run(seeded, expand(sql, at, EVERYTHING | {"traffic": "simulated"}, OPTIONS))
        numbers = [v for row in rows for v, k in zip(row, kinds, strict=True) if "String" not in k and "Date" not in k]
        assert not any(numbers), (panel["title"], rows[:3])


@pytest.mark.parametrize("uid", SQL_BOARDS)
def test_what_is_chosen_is_what_is_counted(seeded, uid):
    """A site that has nothing changes every panel that is of a site."""
    free = {
        "Contacts by channel",
        "Reasons, against the same time before",
        "Service numbers",
        "How far each source is complete",
    }
    for panel, target in targets(BOARDS[uid], CLICKHOUSE):
        if panel["title"] in free or "metric_contacts" in target["rawSql"]:
            assert "${app" not in target["rawSql"] or "friction_1h" in target["rawSql"]
            continue  # contacts are of all sites: no vendor tells which
        if panel["title"] == "Your own series":
            continue
        _, kinds, rows = run(seeded, asked("nothing of that name", target["rawSql"], panel.get("interval", "")))
        numbers = [v for row in rows for v, k in zip(row, kinds, strict=True) if "String" not in k and "Date" not in k]
        assert not any(numbers), (panel["title"], rows[:3])


def test_no_board_is_forgotten():
    assert set(BOARDS) == {
        "snag-experience",
        "snag-journeys",
        "snag-release",
        "snag-support",
        "snag-vitals",
        "snag-slo",
        "snag-ops",
    }
    assert sum(len(panels(board)) for board in BOARDS.values()) > 60
