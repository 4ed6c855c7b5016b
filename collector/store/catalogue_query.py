"""Runs the aggregates of the metric catalogue over its views. Statements are put together from our own catalogue
alone; whatever a caller chose travels as a parameter or is looked up in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from clickhouse_connect.driver.client import Client


class Wanted(Protocol):
    """What is needed of a metric of the catalogue."""

    @property
    def view(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def apart(self) -> str: ...
    @property
    def aggregates(self) -> tuple[str, ...]: ...


class Aggregated(NamedTuple):
    """The aggregates of one metric for one part of the whole."""

    part: str
    """Value of what it was asked by; empty: all."""
    apart: str
    """What is never mixed with others, such as the kind of survey."""
    values: tuple[Any, ...]


def aggregated(
    client: Client,
    metric: Wanted,
    start: datetime,
    end: datetime,
    *,
    column: str = "",
    excluded: Sequence[str] = (),
    app: str = "",
    sources: Sequence[str] = ("rum",),
) -> list[Aggregated]:
    """The aggregates over [start, end), apart from each other; with `column`, by its values too."""
    asked = {"start": start, "end": end, "excluded": list(excluded), "app": app, "sources": list(sources)}
    result = client.query(statement(metric, column), parameters=asked)
    return [Aggregated(str(part), str(apart).strip(), tuple(rest)) for part, apart, *rest in result.result_rows]


def statement(metric: Wanted, column: str = "") -> str:
    """The SELECT of a metric: {start:DateTime64(3)}, {end:DateTime64(3)}, {excluded:Array(String)}, {app:String},
    {sources:Array(String)}."""
    if column and not column.isidentifier():
        raise ValueError(f"{column!r} is no column")
    values = ", ".join(f"{one} AS v{i}" for i, one in enumerate(metric.aggregates))
    return (
        f"SELECT toString({column or repr('')}) AS part, {metric.apart} AS apart_as, {values} FROM {metric.view} "
        f"WHERE {metric.time} >= {{start:DateTime64(3)}} AND {metric.time} < {{end:DateTime64(3)}} AND ({metric.where}) "
        "GROUP BY part, apart_as ORDER BY part, apart_as"
    )


def sessions_by_day(
    client: Client, app: str, start: datetime, end: datetime, sources: Sequence[str]
) -> Mapping[int, float]:
    """Start of the day, seconds since 1970 → its sessions, counted for those that sampling left out too."""
    rows = client.query(
        "SELECT day, sum(1 / rate) FROM (SELECT toUnixTimestamp(toStartOfDay(ts)) AS day, max(sample_rate) AS rate "
        "FROM snag_experience.page_views WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} "
        "AND NOT is_bot AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} GROUP BY day, session_id) GROUP BY day",
        parameters={"app": app, "start": start, "end": end, "sources": list(sources)},
    ).result_rows
    return {int(day): float(n) for day, n in rows}
