"""Boards as they are committed: fresh, linted, linked, one copy for chart and wheel."""

import copy
import json
import re

import pytest

from dashboards import build
from tests.dashboards.conftest import BOARDS
from tools.lint_boards import RULES, lint, panels

UX = ("snag-experience", "snag-journeys", "snag-release", "snag-support")


@pytest.mark.parametrize("uid", BOARDS)
def test_no_rule_is_broken(uid):
    assert lint(BOARDS[uid]) == []


def _broken(rule):
    """A board that breaks this rule: a good one with one thing changed."""
    sql, prom = copy.deepcopy(BOARDS["snag-experience"]), copy.deepcopy(BOARDS["snag-ops"])
    panel, asked = panels(sql)[0], panels(sql)[0]["targets"][0]
    series = next(p for p in panels(sql) if p["type"] == "timeseries")
    of_prometheus = panels(prom)[4]["targets"][0]

    def put(holder, name, value, board=sql):
        holder[name] = value
        return board

    return {
        "template-datasource-rule": lambda: put(sql["templating"], "list", sql["templating"]["list"][1:]),
        "template-job-instance-rule": lambda: put(prom["templating"]["list"][1], "multi", False, prom),
        "template-label-promql-rule": lambda: put(prom["templating"]["list"][1]["query"], "query", "up", prom),
        "template-on-time-change-reload-rule": lambda: put(sql["templating"]["list"][1], "refresh", 1),
        "template-unused-rule": lambda: put(
            sql["templating"], "list", [*sql["templating"]["list"], {"name": "spare", "type": "custom"}]
        ),
        "template-required-variables-rule": lambda: put(asked, "rawSql", asked["rawSql"] + " ${nowhere:singlequote}"),
        "panel-datasource-rule": lambda: put(panel["datasource"], "uid", "abc"),
        "panel-title-description-rule": lambda: put(panel, "description", ""),
        "panel-units-rule": lambda: put(panel["fieldConfig"]["defaults"], "unit", "furlongs"),
        "panel-no-targets-rule": lambda: put(panel, "targets", []),
        "panel-legend-rule": lambda: put(of_prometheus, "legendFormat", "__auto", prom),
        "target-rate-interval-rule": lambda: put(of_prometheus, "expr", "rate(a_total[5m])", prom),
        "target-job-instance-rule": lambda: put(of_prometheus, "expr", "snag_collector_connections", prom),
        "target-counter-agg-rule": lambda: put(of_prometheus, "expr", "snag_collector_beacons_total", prom),
        "target-histogram-rule": lambda: put(of_prometheus, "expr", "histogram_quantile(0.5, x_bucket)", prom),
        "uneditable-dashboard": lambda: put(sql, "editable", True),
        "dashboard-time-refresh-rule": lambda: put(sql, "refresh", "5s"),
        "sql-time-filter": lambda: put(asked, "rawSql", "SELECT 1"),
        "sql-quoting": lambda: put(asked, "rawSql", asked["rawSql"] + " OR app IN ($app)"),
        "sql-macros": lambda: put(asked, "rawSql", "SELECT $__lttb(1)"),
        "sql-macros-called": lambda: put(asked, "rawSql", "SELECT 1 WHERE ts > $__fromTime AND f(x)"),
        "sql-global-joins": lambda: put(asked, "rawSql", "FROM snag_experience.a AS x FINAL\nINNER JOIN b"),
        "sql-final": lambda: put(asked, "rawSql", "SELECT 1 FROM snag_experience.pages_1h WHERE 1"),
        "sql-order": lambda: put(series["targets"][0], "rawSql", "SELECT 1 AS time"),
        "sql-no-star": lambda: put(asked, "rawSql", "SELECT * FROM snag_experience.page_views"),
        "links-keep-site-and-time": lambda: put(sql["links"][0], "url", "/d/snag-release"),
        "thresholds-rise": lambda: panel["fieldConfig"]["defaults"]["thresholds"]["steps"].reverse() or sql,
        "panels-do-not-overlap": lambda: put(panel["gridPos"], "x", 3),
        "ids-are-unique": lambda: put(panel, "id", 2),
    }[rule]()


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_breaks_it(rule):
    assert [wrong for wrong in lint(_broken(rule)) if wrong.startswith(f"{rule}:")]


@pytest.mark.parametrize("uid", UX)
def test_boards_of_ux_and_support_know_nothing_of_performance(uid):
    assert "snag_performance" not in json.dumps(BOARDS[uid])


def test_every_link_leads_to_a_board_and_sets_variables_that_it_has():
    for board in BOARDS.values():
        for uid, rest in re.findall(r'"/d/([\w-]+)\?([^"]*)', json.dumps(board)):
            assert uid in BOARDS
            known = {one["name"] for one in BOARDS[uid]["templating"]["list"]}
            assert set(re.findall(r"&var-(\w+)=", rest)) <= known


def test_every_description_says_something_of_its_own():
    said = [panel["description"] for board in BOARDS.values() for panel in panels(board)]
    assert len(said) - len(set(said)) <= 12  # a vital's panels, and both objectives, are alike


def test_package_and_chart_have_the_same_boards_without_symbolic_links(root):
    for folder in build.FOLDERS:
        assert not any(path.is_symlink() for path in (folder, *folder.iterdir()))
        assert {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} == build.generated()
