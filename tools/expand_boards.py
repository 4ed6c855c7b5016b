"""A query as it reaches ClickHouse: what Grafana, and the data source's two halves, make of variables and macros.

Read from grafana/clickhouse-datasource 4.20 (src/data/CHDatasource.ts, pkg/macros/macros.go), grafana-plugin-sdk-go
(data/sqlutil/macros.go) and Grafana's format registry. For tests and benchmarks: the boards themselves need none of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

ALL = "$__all"
Value = str | Sequence[str]
_CONDITIONAL = "$__conditionalAll("
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(\w+)")

_NICE_S = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800,
           604800)  # fmt: skip
"""Intervals that Grafana rounds to."""


class NotExpanded(ValueError):
    """A macro that the data source would refuse, or that it does not know."""


class Range(NamedTuple):
    """The chosen time, and how far apart points are."""

    start: datetime
    end: datetime
    interval_s: int


def interval_s(start: datetime, end: datetime, least: str = "", points: int = 1000) -> int:
    """How far apart Grafana asks for points in a panel of about `points` pixels; at least `least` ("5m", "1h")."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    floor = int(least[:-1]) * units[least[-1]] if least else 1
    wanted = max(floor, (end - start).total_seconds() / points)
    return max(floor, min(_NICE_S, key=lambda nice: abs(nice - wanted)))


def expand(sql: str, at: Range, values: Mapping[str, Value], options: Mapping[str, Sequence[str]]) -> str:
    """`values`: what is chosen, by variable: text, several texts, or ALL, which stands for its `options`.

    Raises NotExpanded.
    """
    chosen = _variables(_conditional(sql, values), values, options)
    expanded = _macros(chosen, at, _MACROS)
    if _macros(chosen, at, reversed(_MACROS)) != expanded:
        raise NotExpanded("what the macros become depends on their order, which no two runs of the data source share")
    return expanded


def _conditional(sql: str, values: Mapping[str, Value]) -> str:
    """In the browser: a condition on a variable, or 1=1 where all or nothing is chosen. The last one first."""
    while (begin := sql.rfind(_CONDITIONAL)) >= 0:
        inner, end = _brackets(sql, begin + len(_CONDITIONAL) - 1)
        arguments = _cut(inner)
        if len(arguments) != 2:
            raise NotExpanded(f"$__conditionalAll has {len(arguments)} arguments, not 2: {inner}")
        name = arguments[1].strip().removeprefix("$")
        if name not in values:
            raise NotExpanded(f"$__conditionalAll names {name}, which is not a variable of the board")
        value = values[name]
        whole = ",".join([value] if isinstance(value, str) else value)
        # The browser replaces the first that reads the same.
        sql = sql.replace(sql[begin:end], "1=1" if whole in ("", ALL) else arguments[0], 1)
    return sql


def _variables(sql: str, values: Mapping[str, Value], options: Mapping[str, Sequence[str]]) -> str:
    def put(found: re.Match[str]) -> str:
        name, form = found[1] or found[3], found[2] or ""
        if name not in values:
            return found[0]  # not Grafana's; a macro, or the engine's own
        value = values[name]
        if value in (ALL, [ALL], (ALL,)):
            value = list(options.get(name, ()))
        if form == "singlequote":
            return _quoted(value)
        if form in ("raw", "") and isinstance(value, str):
            return value
        if form == "":  # the data source's own: without escaping
            return ",".join(f"'{one}'" for one in value)
        raise NotExpanded(f"${{{name}:{form}}}: this format is not known here")

    return _VARIABLE.sub(put, sql)


def _quoted(value: Value) -> str:
    listed = [value] if isinstance(value, str) else value
    return ",".join("'" + one.replace("'", "\\'") + "'" for one in listed)


def _seconds(moment: datetime) -> str:
    return f"toDateTime({int(moment.timestamp())})"


def _millis(moment: datetime) -> str:
    return f"fromUnixTimestamp64Milli({int(moment.timestamp() * 1000)})"


def _between(column: str, at: Range, spell: Callable[[datetime], str]) -> str:
    return f"{column} >= {spell(at.start)} AND {column} <= {spell(at.end)}"


_MACROS: dict[str, tuple[int, Callable[[list[str], Range], str]]] = {
    "fromTime": (0, lambda _, at: _seconds(at.start)),
    "toTime": (0, lambda _, at: _seconds(at.end)),
    "fromTime_ms": (0, lambda _, at: _millis(at.start)),
    "toTime_ms": (0, lambda _, at: _millis(at.end)),
    "timeFilter": (1, lambda a, at: _between(a[0], at, _seconds)),
    "timeFilter_ms": (1, lambda a, at: _between(a[0], at, _millis)),
    "timeInterval": (
        1,
        lambda a, at: f"toStartOfInterval(toDateTime({a[0]}), INTERVAL {max(1, at.interval_s)} second)",
    ),
    "interval_s": (0, lambda _, at: str(max(1, at.interval_s))),
}
"""The stable ones: how many arguments, and what they become. Statement macros are bound to newer versions: none is used."""


def _macros(sql: str, at: Range, names: Iterable[str]) -> str:
    """In the data source's backend, macro by macro in the order of `names`: there it is a Go map's, so any."""
    for name in names:
        count, write = _MACROS[name]
        for found in _found(sql, name):
            arguments = [part.strip() for part in found.arguments.split(",")] if found.arguments else []
            if len(arguments) != count:
                raise NotExpanded(f"$__{name} takes {count} argument, not {len(arguments)}: {found.text[:80]}")
            sql = sql.replace(found.text, write(arguments, at))
    if left := re.search(r"\$__\w+", sql):
        raise NotExpanded(f"{left[0]} is not a macro of the data source that boards may use")
    return sql


class _Found(NamedTuple):
    text: str
    arguments: str


def _found(sql: str, name: str) -> list[_Found]:
    """Where the backend sees a macro. It takes the first bracket that opens behind the name, however far away: so a macro
    without `()` would swallow what stands between."""
    found = []
    for match in re.finditer(rf"\$__{name}\b", sql):
        open_at, close_at = sql.find("(", match.end()), sql.find(")", match.end())
        if open_at < 0 or 0 <= close_at < open_at:
            found.append(_Found(match[0], ""))
            continue
        inner, end = _brackets(sql, open_at)
        found.append(_Found(sql[match.start() : end], inner))
    return found


def _brackets(sql: str, begin: int) -> tuple[str, int]:
    """What is between the bracket at `begin` and its partner, and the place after that."""
    depth = 0
    for here in range(begin, len(sql)):
        depth += (sql[here] == "(") - (sql[here] == ")")
        if depth == 0:
            return sql[begin + 1 : here], here + 1
    raise NotExpanded(f"a bracket is not closed: {sql[begin : begin + 60]}")


def _cut(inner: str) -> list[str]:
    parts, depth = [""], 0
    for sign in inner:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
