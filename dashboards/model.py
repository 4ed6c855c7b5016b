"""What a board is made of. Values only; render.py knows how Grafana spells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["clickhouse", "prometheus"]
Kind = Literal["timeseries", "stat", "table", "barchart", "status-history", "text", "row"]
Step = tuple[float | None, str]
"""From this value on, this colour; None: from the very bottom."""

BLUE, ORANGE, RED, GREY = "#0072B2", "#E69F00", "#D55E00", "#808080"
"""Okabe and Ito's colours (2008): told apart by every kind of colour vision."""

GOOD_HIGH: tuple[Step, ...] = ((None, RED), (0.95, ORANGE), (0.99, BLUE))


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question to a data source."""

    text: str
    source: Source = "clickhouse"
    series: bool = False
    """Rows become series: the first column is the time, ascending, text columns are labels."""
    legend: str = ""
    """Of Prometheus' series, such as `{{reason}}`."""
    instant: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """How one column or series is shown, by its name."""

    name: str
    unit: str = ""
    decimals: int | None = None
    thresholds: tuple[Step, ...] = ()
    link: str = ""
    """Where a click on a value leads; see scope.py for how to write one."""
    link_title: str = ""
    hidden: bool = False
    width: int = 0
    on_the_right: bool = False
    """Has an axis of its own, on the right."""
    band_to: str = ""
    """The space between this line and that of the name is filled: an interval."""
    no_line: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel; boards flow from left to right on a grid of 24, a row begins a new line."""

    kind: Kind
    title: str
    description: str = ""
    """What it says, and what to do next."""
    queries: tuple[Query, ...] = ()
    width: int = 12
    height: int = 8
    unit: str = ""
    decimals: int | None = None
    thresholds: tuple[Step, ...] = ()
    columns: tuple[Column, ...] = ()
    least_interval: str = ""
    """Finer than this no point is asked for: the bucket of the rollup that is read."""
    series_name: str = ""
    """Name of a series by its labels, `${__field.labels.kind}`."""
    stacked: bool = False
    bars: bool = False
    text: str = ""
    x: str = ""
    """Of a bar chart: the column along its axis."""
    may_be_empty: bool = False
    """No rows are an answer here: nothing failed, nothing surged."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What the reader of a board chooses above it. Exactly one of `query`, `options`, `plugin` is given."""

    name: str
    label: str
    description: str
    query: str = ""
    source: Source = "clickhouse"
    options: tuple[tuple[str, str], ...] = ()
    """Value and its words."""
    plugin: str = ""
    """Kind of data source to choose from."""
    several: bool = True
    """More than one may be chosen, and all of them."""


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """Marks on all panels with a time axis: rows of time, timeEnd (may be null), text, tags."""

    name: str
    query: str
    colour: str


@dataclass(frozen=True, kw_only=True)
class Board:
    """One dashboard."""

    uid: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    panels: tuple[Panel, ...]
    annotations: tuple[Annotation, ...] = ()
    since: str = "now-24h"
    refresh: str = "5m"
    tags: tuple[str, ...] = ("snagwatch",)
    performance: bool = False
    """It may read snag_performance: for snag_sre, not for snag_ux."""
