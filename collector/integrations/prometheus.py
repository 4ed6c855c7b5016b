"""Samples of a Prometheus query, by its HTTP API. Network in, values out; the store is not known here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp

STEP_S = 300
POINTS = 10_000
"""Prometheus answers at most 11,000 points of one series: longer times are asked for in pieces."""

TIMEOUT_S = 60
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")


class PrometheusError(Exception):
    """A query got no usable answer; says which, why, and what would be right. Never holds credentials."""


class Wanted(NamedTuple):
    """One series to take: what it is called here, of which site, and the query that gives it."""

    name: str
    prometheus: str
    query: str
    app: str = ""

    def checked(self) -> Wanted:
        """Itself. Raises PrometheusError."""
        if not _NAME.match(self.name):
            raise PrometheusError(
                f"the series is called {self.name!r}; expected small letters, digits and _, such as http_5xx_rate"
            )
        at = urlsplit(self.prometheus)
        if at.scheme not in ("http", "https") or not at.hostname:
            raise PrometheusError(f"{self.name}: Prometheus is {bare(self.prometheus)!r}; expected http://host:9090")
        return self


class Sample(NamedTuple):
    """One value; `ts` carries a time zone."""

    ts: datetime
    value: float


async def take(
    wanted: Sequence[Wanted], start: datetime, end: datetime, done: Callable[[], None] = lambda: None
) -> list[tuple[Wanted, list[Sample]]]:
    """The samples of each; `done` is called after each. Raises PrometheusError."""
    found = []
    async with aiohttp.ClientSession() as session:
        for one in wanted:
            found.append((one, await samples(session, one, start, end)))
            done()
    return found


async def samples(
    session: aiohttp.ClientSession, wanted: Wanted, start: datetime, end: datetime, step_s: int = STEP_S
) -> list[Sample]:
    """The values of `wanted` every `step_s` in [start, end]; NaN and infinity are no data and left out.

    The query must give one series: Snagwatch would not know which of several is meant. Raises PrometheusError.
    """
    found: list[Sample] = []
    at = start.timestamp() // step_s * step_s
    while at <= end.timestamp():
        until = min(end.timestamp(), at + (POINTS - 1) * step_s)
        found += await _piece(session, wanted, at, until, step_s)
        at = until + step_s
    return found


async def _piece(session: aiohttp.ClientSession, wanted: Wanted, start: float, end: float, step_s: int) -> list[Sample]:
    url = wanted.prometheus.rstrip("/") + "/api/v1/query_range"
    asked = {"query": wanted.query, "start": str(start), "end": str(end), "step": str(step_s)}
    where = f"{wanted.name}: {bare(wanted.prometheus)}"
    try:
        async with session.post(url, data=asked, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as answer:
            body = await answer.json(content_type=None)
    except TimeoutError:
        raise PrometheusError(f"{where} gave no answer within {TIMEOUT_S} s") from None
    except aiohttp.ClientError as error:
        raise PrometheusError(
            f"{where} cannot be reached: {type(error).__name__}; is it up, and is the address right?"
        ) from None
    except ValueError:
        raise PrometheusError(f"{where} answered {answer.status} with no JSON: is it a Prometheus?") from None
    return _samples(body, where)


def _samples(body: Any, where: str) -> list[Sample]:
    if not isinstance(body, dict) or body.get("status") != "success":
        said = body.get("error", "no reason given") if isinstance(body, dict) else "no reason given"
        raise PrometheusError(f"{where} refused the query: {str(said)[:300]}")
    data = body.get("data") or {}
    series = data.get("result") or []
    # Hints about the query begin so; any other warning says that part of the data is missing.
    partial = [str(one) for one in body.get("warnings") or [] if not str(one).startswith("PromQL")]
    if partial:
        raise PrometheusError(f"{where} answered with part of the data only: {partial[0][:200]}")
    if data.get("resultType") != "matrix":
        raise PrometheusError(f"{where}: the query gives a {data.get('resultType')}, not numbers over time")
    if len(series) > 1:
        labels = ", ".join(sorted({name for one in series for name in one.get("metric", {})}))
        raise PrometheusError(
            f"{where}: the query gives {len(series)} series, told apart by {labels or 'nothing'}; "
            "put it into sum(…), max(…) or histogram_quantile(…) so that it gives one"
        )
    if any(one.get("histograms") for one in series):
        raise PrometheusError(
            f"{where}: the query gives a native histogram; put it into histogram_quantile(…) so that it gives numbers"
        )
    return [
        Sample(datetime.fromtimestamp(float(ts), UTC), float(value))
        for one in series
        for ts, value in one.get("values") or []
        if math.isfinite(float(value))
    ]


def bare(url: str) -> str:
    """The address without credentials and query.

    >>> bare("https://me:secret@prometheus:9090/x?token=y")
    'https://prometheus:9090/x'
    """
    at = urlsplit(url)
    port = f":{at.port}" if at.port else ""
    return f"{at.scheme}://{at.hostname or ''}{port}{at.path}"
