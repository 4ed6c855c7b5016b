"""Rules that every board keeps. The 17 of grafana/dashboard-linter, made for SQL as well, and our own.

Each rule takes a board's JSON and says what is wrong, a sentence each; `RULES` names them as the linter does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
UNITS = frozenset({"none", "short", "percentunit", "s", "ms", "bytes", "reqps", "cps"})
_RATE = re.compile(r"\b(?:rate|increase|irate)\(")
_MACRO = re.compile(r"\$__(\w+)")
_TIMED = ("$__timeFilter", "$__fromTime", "$__timeFilter_ms")
FORBIDDEN_MACROS = frozenset(
    {"columns", "rateColumns", "perSecondColumns", "increaseColumns", "lttb", "timeGroup", "table"}
)
BUILTIN = frozenset({"__url_time_range", "__data", "__value", "__field", "__series"})


def panels(board: Json) -> list[Json]:
    """All that ask for data."""
    return [one for one in board["panels"] if one["type"] not in ("row", "text")]


def variables(board: Json) -> list[Json]:
    """All of them."""
    return list(board["templating"]["list"])


def targets(board: Json, kind: str = "") -> Iterator[tuple[Json, Json]]:
    """Panels with each of their queries, of one kind of data source or of all."""
    for panel in panels(board):
        for target in panel["targets"]:
            if kind in ("", target["datasource"]["type"]):
                yield panel, target


def sql(board: Json) -> Iterator[tuple[str, str]]:
    """Place and text of every query to ClickHouse: panels, variables, annotations."""
    for panel, target in targets(board, "grafana-clickhouse-datasource"):
        yield f"panel {panel['title']}", target["rawSql"]
    for one in variables(board):
        if one["type"] == "query" and "rawSql" in one["query"]:
            yield f"variable {one['name']}", one["query"]["rawSql"]
    for one in board["annotations"]["list"]:
        if "target" in one:
            yield f"annotation {one['name']}", one["target"]["rawSql"]


def promql(board: Json) -> Iterator[tuple[Json, str]]:
    """Panel and text of every query to Prometheus."""
    for panel, target in targets(board, "prometheus"):
        yield panel, target["expr"]


def _template_datasource(board: Json) -> Iterator[str]:
    there = {one["query"]: one["name"] for one in variables(board) if one["type"] == "datasource"}
    for kind in {target["datasource"]["type"] for _, target in targets(board)} - set(there):
        yield f"there is no variable for the data source {kind}"


def _panel_datasource(board: Json) -> Iterator[str]:
    known = {f"${{{one['name']}}}" for one in variables(board) if one["type"] == "datasource"}
    for panel in panels(board):
        for holder in (panel, *panel["targets"]):
            if holder["datasource"]["uid"] not in known:
                yield f"{panel['title']} asks {holder['datasource']['uid']}, not a variable"


def _template_job(board: Json) -> Iterator[str]:
    if 'job=~"$job"' in json.dumps(board).replace('\\"', '"'):
        for name in ("job", "instance"):
            found = [one for one in variables(board) if one["name"] == name]
            if not found or not (found[0]["multi"] and found[0]["includeAll"] and found[0].get("allValue") == ".+"):
                yield f"the variable {name} is missing, or does not take several and all (.+)"


def _template_promql(board: Json) -> Iterator[str]:
    for one in variables(board):
        of_prometheus = one["type"] == "query" and one["datasource"]["type"] == "prometheus"
        if of_prometheus and not re.fullmatch(r"label_values\(snag_\w+(\{.*\})?, \w+\)", one["query"]["query"]):
            yield f"variable {one['name']}: expected label_values(metric, label)"


def _reload(board: Json) -> Iterator[str]:
    for one in variables(board):
        if one["type"] == "query" and one["refresh"] != 2:
            yield f"variable {one['name']} is not asked for again when the time range changes"


def _title_description(board: Json) -> Iterator[str]:
    for panel in panels(board):
        if not panel.get("title") or len(panel.get("description", "")) < 40:
            yield f"panel {panel['id']} ({panel.get('title')}) has no title or no description that says what to do"


def _units(board: Json) -> Iterator[str]:
    for panel in panels(board):
        if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
            yield f"{panel['title']} has no unit that is known here"


def _no_targets(board: Json) -> Iterator[str]:
    for panel in panels(board):
        if not panel["targets"]:
            yield f"{panel['title']} asks for nothing"


def _rate_interval(board: Json) -> Iterator[str]:
    for panel, text in promql(board):
        for found in _RATE.finditer(text):
            window = re.search(r"\[(.*?)\]", text[found.end() :])
            if not window or window[1] not in ("$__rate_interval", "$__range"):
                yield f"{panel['title']} has a rate over a window of its own"


def _job_matchers(board: Json) -> Iterator[str]:
    if not any(one["name"] == "job" for one in variables(board)):
        return
    for panel, text in promql(board):
        for name in re.findall(r"\bsnag_(?:collector|store|contacts|agent|build)\w*", text):
            if not re.search(rf'{name}\{{[^}}]*job=~"\$job", instance=~"\$instance"', text):
                yield f"{panel['title']}: {name} is not of the chosen jobs and instances"


def _counters(board: Json) -> Iterator[str]:
    for panel, text in promql(board):
        for found in re.finditer(r"\bsnag_\w+_total\b", text):
            if not re.search(r"(?:rate|increase)\($", text[: found.start()]):
                yield f"{panel['title']}: the counter {found[0]} is not in rate() or increase()"


def _histograms(board: Json) -> Iterator[str]:
    for panel, text in promql(board):
        if "histogram_quantile" in text and not re.search(r"sum by \([^)]*\ble\b", text):
            yield f"{panel['title']}: a quantile needs its buckets summed by le"
        if "_bucket" in text and "histogram_quantile" not in text:
            yield f"{panel['title']} shows buckets, not a quantile"


def _uneditable(board: Json) -> Iterator[str]:
    if board["editable"]:
        yield "it can be edited in Grafana: changes would be lost with the next version"


def _times(board: Json) -> Iterator[str]:
    if not re.fullmatch(r"now-\d+[hd]", board["time"]["from"]) or board["time"]["to"] != "now":
        yield f"its time range is {board['time']}, not one that ends now"
    if board["refresh"] not in ("1m", "5m"):
        yield f"it refreshes every {board['refresh'] or 'never'}: verdicts and rollups come every minute or five"


def _legends(board: Json) -> Iterator[str]:
    for panel in panels(board):
        if panel["type"] != "timeseries":
            continue
        if panel["options"]["legend"]["placement"] != "bottom":
            yield f"{panel['title']} has its legend beside it"
        for target in panel["targets"]:
            if target["datasource"]["type"] == "prometheus" and target["legendFormat"] == "__auto":
                yield f"{panel['title']}: a series is called by its labels"


def _unused(board: Json) -> Iterator[str]:
    texts = json.dumps([board["panels"], board["annotations"], [one.get("query") for one in variables(board)]])
    for one in variables(board):
        if not re.search(rf"\$\{{?{one['name']}\b", texts):
            yield f"the variable {one['name']} is not used"


def _required(board: Json) -> Iterator[str]:
    known = {one["name"] for one in variables(board)}
    texts = [*(text for _, text in sql(board)), *(text for _, text in promql(board)), *_links(board)]
    for text in texts:
        for found in re.finditer(r"\$\{(\w+)|\$(\w+)", text):
            name = found[1] or found[2]
            if not name.startswith("__") and name not in known:
                yield f"${name} is not a variable of the board"
            if name.startswith("__") and found[1] and name not in BUILTIN:
                yield f"${{{name}}} is not a variable of Grafana that is known here"


def _links(board: Json) -> Iterator[str]:
    for link in board["links"]:
        yield link["url"]
    for panel in panels(board):
        for override in panel["fieldConfig"]["overrides"]:
            for given in override["properties"]:
                if given["id"] == "links":
                    yield from (link["url"] for link in given["value"])


def _links_keep(board: Json) -> Iterator[str]:
    has_app = any(one["name"] == "app" for one in variables(board))
    for url in _links(board):
        if url.startswith("/d/") and "${__url_time_range}" not in url:
            yield f"{url} forgets the time range"
        if url.startswith("/d/") and has_app and "${app:queryparam}" not in url:
            yield f"{url} forgets the site"
        if not url.startswith(("/d/snag-", "${__value")):
            yield f"{url} leads out of the boards"


def _timed(board: Json) -> Iterator[str]:
    for place, text in sql(board):
        if not any(macro in text for macro in _TIMED):
            yield f"{place} does not ask for the time range"


def _quoting(board: Json) -> Iterator[str]:
    names = [one["name"] for one in variables(board) if one["type"] != "datasource"]
    for place, text in sql(board):
        bare = re.sub(r", \$\w+\)", ")", text)  # the second argument of $__conditionalAll
        for name in names:
            if re.search(rf"\${name}\b|\$\{{{name}\}}|\$\{{{name}:(?!singlequote)", bare):
                yield f"{place}: ${name} stands without :singlequote"


def _macros(board: Json) -> Iterator[str]:
    for place, text in sql(board):
        for name in _MACRO.findall(text):
            if name in FORBIDDEN_MACROS:
                yield f"{place}: $__{name} is bound to some versions of the data source"


def _called(board: Json) -> Iterator[str]:
    for place, text in sql(board):
        for found in re.finditer(r"\$__(?:fromTime|toTime|interval_s)(?:_ms)?\b(?!\(\))", text):
            yield f"{place}: {found[0]} without () swallows what stands before the next bracket"


def _joins(board: Json) -> Iterator[str]:
    for place, text in sql(board):
        if re.search(r"FROM snag_[\w.]+(?: AS \w+)?(?: FINAL)?\s+(?:LEFT|INNER|CROSS) JOIN", text):
            yield f"{place}: a join of our tables is GLOBAL, or a cluster refuses it"


def _final(board: Json) -> Iterator[str]:
    for place, text in sql(board):
        for table in re.findall(r"FROM (snag_\w+\.\w+_(?:5m|1h|1d))\b(?! FINAL)", text):
            yield f"{place} reads {table} without FINAL"


def _ordered(board: Json) -> Iterator[str]:
    for panel, target in targets(board, "grafana-clickhouse-datasource"):
        if target["format"] == 0 and not re.search(r"ORDER BY time\b(?! DESC)(?![\s\S]*ORDER BY)", target["rawSql"]):
            yield f"{panel['title']}: a series must end in ORDER BY time"
        if (
            "LIMIT" not in target["rawSql"]
            and target["format"] == 1
            and re.search(r"GROUP BY (page|what|fingerprint)", target["rawSql"])
        ):
            yield f"{panel['title']}: a table by page or element needs a LIMIT"


def _stars(board: Json) -> Iterator[str]:
    for place, text in sql(board):
        if re.search(r"SELECT \*\s+FROM snag_", text):
            yield f"{place}: SELECT * from a table of ours"


def _thresholds(board: Json) -> Iterator[str]:
    for panel in panels(board):
        values = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        if values[0] is not None or values[1:] != sorted(values[1:]):
            yield f"{panel['title']}: thresholds must rise from the very bottom"


def _grid(board: Json) -> Iterator[str]:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        if cells & taken or at["x"] + at["w"] > 24:
            yield f"{panel['title']} lies upon another panel, or beyond the edge"
        taken |= cells


def _ids(board: Json) -> Iterator[str]:
    ids = [panel["id"] for panel in board["panels"]]
    if len(set(ids)) != len(ids):
        yield "two panels have one id"
    for panel in panels(board):
        refs = [target["refId"] for target in panel["targets"]]
        if len(set(refs)) != len(refs):
            yield f"{panel['title']}: two queries have one refId"


RULES: dict[str, Callable[[Json], Iterator[str]]] = {
    "template-datasource-rule": _template_datasource,
    "template-job-instance-rule": _template_job,
    "template-label-promql-rule": _template_promql,
    "template-on-time-change-reload-rule": _reload,
    "template-unused-rule": _unused,
    "template-required-variables-rule": _required,
    "panel-datasource-rule": _panel_datasource,
    "panel-title-description-rule": _title_description,
    "panel-units-rule": _units,
    "panel-no-targets-rule": _no_targets,
    "panel-legend-rule": _legends,
    "target-rate-interval-rule": _rate_interval,
    "target-job-instance-rule": _job_matchers,
    "target-counter-agg-rule": _counters,
    "target-histogram-rule": _histograms,
    "uneditable-dashboard": _uneditable,
    "dashboard-time-refresh-rule": _times,
    "sql-time-filter": _timed,
    "sql-quoting": _quoting,
    "sql-macros": _macros,
    "sql-macros-called": _called,
    "sql-global-joins": _joins,
    "sql-final": _final,
    "sql-order": _ordered,
    "sql-no-star": _stars,
    "links-keep-site-and-time": _links_keep,
    "thresholds-rise": _thresholds,
    "panels-do-not-overlap": _grid,
    "ids-are-unique": _ids,
}


def lint(board: Json) -> list[str]:
    """Everything that is wrong with it, each with its rule."""
    return [f"{name}: {wrong}" for name, rule in RULES.items() for wrong in rule(board)]
