"""A board as the JSON that Grafana keeps (the classic schema, which every Grafana from 10 on reads)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dashboards.model import Annotation, Board, Column, Panel, Query, Step, Variable

SCHEMA_VERSION = 39
PLUGIN_VERSION = "4.20.0"
"""Of the ClickHouse data source whose query model this is."""

PLUGINS = {"clickhouse": "grafana-clickhouse-datasource", "prometheus": "prometheus"}
VARIABLES = {"clickhouse": "${datasource}", "prometheus": "${prometheus}"}
GRID = 24
ON_TIME_RANGE = 2
"""Options are asked for again when the time range changes: what a site has depends on when one looks."""


def render(board: Board, others: Iterable[Board]) -> dict[str, Any]:
    """The board, with links to `others` that keep the site and the time range."""
    return {
        "uid": board.uid,
        "title": f"Snagwatch / {board.title}",
        "description": board.description,
        "tags": list(board.tags),
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": board.refresh,
        "time": {"from": board.since, "to": "now"},
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "liveNow": False,
        "weekStart": "",
        "links": [_board_link(board, other) for other in others if other.uid != board.uid],
        "templating": {"list": [_variable(one) for one in board.variables]},
        "annotations": {"list": [_builtin(), *(_annotation(one) for one in board.annotations)]},
        "panels": _panels(board.panels),
    }


def _board_link(board: Board, other: Board) -> dict[str, Any]:
    shared = "&${app:queryparam}" if any(v.name == "app" for v in board.variables) else ""
    return {
        "title": other.title,
        "tooltip": other.description,
        "type": "link",
        "icon": "dashboard",
        "asDropdown": False,
        "url": f"/d/{other.uid}?${{__url_time_range}}{shared}",
        "includeVars": False,
        "keepTime": False,
        "tags": [],
        "targetBlank": False,
    }


def datasource(source: str) -> dict[str, str]:
    """The one that the board's variable names."""
    return {"type": PLUGINS[source], "uid": VARIABLES[source]}


def target(query: Query, ref: str, kind: str = "table") -> dict[str, Any]:
    """A query as its data source keeps it, for a panel of that kind."""
    shared = {"refId": ref, "datasource": datasource(query.source)}
    if query.source == "prometheus":
        how = {
            "instant": query.instant,
            "range": not query.instant,
            "format": "table" if kind == "table" else "time_series",
        }
        return {
            **shared,
            "expr": _flat(query.text),
            "legendFormat": query.legend or "__auto",
            "editorMode": "code",
            **how,
        }
    return {
        **shared,
        "editorType": "sql",
        "rawSql": _flat(query.text),
        "pluginVersion": PLUGIN_VERSION,
        "meta": {},
        "queryType": "timeseries" if query.series else "table",
        "format": 0 if query.series else 1,
    }


def _flat(text: str) -> str:
    """Without the indentation of the Python around it."""
    lines = text.strip("\n").splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() for line in lines).strip()


def _variable(one: Variable) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "name": one.name,
        "label": one.label,
        "description": one.description,
        "hide": 0,
        "skipUrlSync": False,
    }
    if one.plugin:
        return {
            **shared,
            "type": "datasource",
            "query": one.plugin,
            "regex": "",
            "refresh": 1,
            "multi": False,
            "includeAll": False,
            "options": [],
            "current": {"selected": False, "text": "default", "value": "default"},
        }
    if one.options:
        options = [
            {"text": words, "value": value, "selected": at == 0} for at, (value, words) in enumerate(one.options)
        ]
        return {
            **shared,
            "type": "custom",
            "query": ",".join(f"{words} : {value}" for value, words in one.options),
            "multi": False,
            "includeAll": False,
            "options": options,
            "current": {**options[0], "selected": True},
        }
    everything = {"selected": True, "text": ["All"], "value": ["$__all"]}
    query: Any = {"editorType": "sql", "queryType": "sql", "rawSql": _flat(one.query), "refId": "A"}
    if one.source == "prometheus":
        query = {"query": one.query, "refId": "A", "qryType": 1}
    return {
        **shared,
        "type": "query",
        "datasource": datasource(one.source),
        "definition": _flat(one.query),
        "query": query,
        "refresh": ON_TIME_RANGE,
        "sort": 0,
        "regex": "",
        "multi": one.several,
        "includeAll": one.several,
        "options": [],
        **({"allValue": ".+"} if one.source == "prometheus" and one.several else {}),
        "current": everything if one.several else {},
    }


def _builtin() -> dict[str, Any]:
    return {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "#808080",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }


def _annotation(one: Annotation) -> dict[str, Any]:
    return {
        "name": one.name,
        "enable": True,
        "hide": False,
        "iconColor": one.colour,
        "datasource": datasource("clickhouse"),
        "target": target(Query(text=one.query), "Anno"),
    }


def _panels(panels: Iterable[Panel]) -> list[dict[str, Any]]:
    """Placed from left to right; what does not fit begins a new line."""
    found, x, y, tallest = [], 0, 0, 0
    for number, panel in enumerate(panels, 1):
        width, height = (GRID, 1) if panel.kind == "row" else (panel.width, panel.height)
        if x + width > GRID:
            x, y, tallest = 0, y + tallest, 0
        found.append({"id": number, "gridPos": {"x": x, "y": y, "w": width, "h": height}, **_panel(panel)})
        x, tallest = x + width, max(tallest, height)
    return found


def _panel(panel: Panel) -> dict[str, Any]:
    if panel.kind == "row":
        return {"type": "row", "title": panel.title, "collapsed": False, "panels": []}
    shared = {"type": panel.kind, "title": panel.title, "description": panel.description}
    if panel.kind == "text":
        return {**shared, "options": {"mode": "markdown", "content": _flat(panel.text)}, "transparent": True}
    return {
        **shared,
        "datasource": datasource(panel.queries[0].source),
        "targets": [target(query, chr(ord("A") + at), panel.kind) for at, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": [_override(one) for one in panel.columns]},
        "options": _options(panel),
        **({"interval": panel.least_interval} if panel.least_interval else {}),
        **({"transformations": _side_by_side(panel)} if panel.kind == "table" and len(panel.queries) > 1 else {}),
    }


def _side_by_side(panel: Panel) -> list[dict[str, Any]]:
    """Several queries as columns of one table, each named by its legend."""
    names = {f"Value #{chr(ord('A') + at)}": query.legend for at, query in enumerate(panel.queries)}
    return [
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": names}},
    ]


def _defaults(panel: Panel) -> dict[str, Any]:
    found: dict[str, Any] = {
        "unit": panel.unit or "none",
        "color": {"mode": "thresholds" if panel.thresholds else "palette-classic"},
        "thresholds": _steps(panel.thresholds or ((None, "#0072B2"),)),
        "mappings": [],
        "noValue": "not enough data",
        "custom": _custom(panel),
    }
    if panel.decimals is not None:
        found["decimals"] = panel.decimals
    if panel.series_name:
        found["displayName"] = panel.series_name
    return found


def _steps(steps: tuple[Step, ...]) -> dict[str, Any]:
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]}


def _custom(panel: Panel) -> dict[str, Any]:
    if panel.kind == "timeseries":
        return {
            "drawStyle": "bars" if panel.bars else "line",
            "lineWidth": 2,
            "fillOpacity": 60 if panel.bars else 10,
            "showPoints": "auto",
            "spanNulls": False,
            "axisSoftMin": 0,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if panel.thresholds else "off"},
        }
    if panel.kind == "table":
        return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False}
    if panel.kind == "status-history":
        return {"fillOpacity": 80, "lineWidth": 0}
    return {"fillOpacity": 80} if panel.kind == "barchart" else {}


def _override(column: Column) -> dict[str, Any]:
    given: Mapping[str, Any] = {
        "unit": column.unit or None,
        "decimals": column.decimals,
        "custom.hidden": column.hidden or None,
        "thresholds": _steps(column.thresholds) if column.thresholds else None,
        "custom.cellOptions": {"type": "color-text"} if column.thresholds else None,
        "custom.width": column.width or None,
        "custom.axisPlacement": "right" if column.on_the_right else None,
        "custom.fillBelowTo": column.band_to or None,
        "custom.lineWidth": 0 if column.no_line or column.band_to else None,
        "links": [{"title": column.link_title, "url": column.link, "targetBlank": False}] if column.link else None,
    }
    return {
        "matcher": {"id": "byName", "options": column.name},
        "properties": [{"id": name, "value": value} for name, value in given.items() if value is not None],
    }


def _options(panel: Panel) -> dict[str, Any]:
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
    match panel.kind:
        case "timeseries":
            return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
        case "stat":
            return {
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
                "graphMode": "none",
                "colorMode": "value",
                "textMode": "auto",
                "orientation": "auto",
                "justifyMode": "auto",
            }
        case "table":
            return {"showHeader": True, "cellHeight": "sm", "footer": {"show": False}}
        case "barchart":
            return {
                "xField": panel.x,
                "orientation": "auto",
                "showValue": "never",
                "legend": legend,
                "barWidth": 0.9,
                "stacking": "normal" if panel.stacked else "none",
                "tooltip": {"mode": "multi", "sort": "none"},
            }
        case _:
            return {"legend": legend, "tooltip": {"mode": "single"}, "showValue": "auto", "rowHeight": 0.9}
