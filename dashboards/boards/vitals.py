"""For SREs and developers: how fast pages and requests are. Apart from experience on purpose."""

from __future__ import annotations

from dashboards.intervals import FEWEST, wilson
from dashboards.model import BLUE, ORANGE, RED, Board, Column, Panel, Query, Step
from dashboards.scope import (
    APP,
    DATASOURCE,
    DEVICE,
    ENV,
    INCIDENTS,
    RELEASE,
    RELEASES,
    TRAFFIC,
    chosen,
    hours,
)

LIMITS: dict[str, tuple[float, float]] = {
    "TTFB": (800, 1800), "FCP": (1800, 3000), "LCP": (2500, 4000), "INP": (200, 500), "CLS": (0.1, 0.25),
}  # fmt: skip
"""Good up to the first, poor beyond the second: web.dev's limits, at the 75th percentile. ms; CLS has no unit."""

_ROLLUP = f"{chosen('app', 'env')} AND {hours()}"
_RAW = f"{chosen('app', 'env', 'release', 'device')} AND $__timeFilter_ms(ts)"


def board() -> Board:
    """Vitals."""
    return Board(
        uid="snag-vitals",
        title="Vitals",
        performance=True,
        annotations=(RELEASES, INCIDENTS),
        variables=(DATASOURCE, APP, ENV, RELEASE, DEVICE, TRAFFIC),
        description="How fast pages and requests are: a matter of its own, never mixed into the friction score",
        panels=(
            *(_now(metric) for metric in ("LCP", "INP", "CLS", "TTFB")),
            _shares(),
            *(_over_time(metric) for metric in ("LCP", "INP", "CLS", "TTFB")),
            _pages(),
            Panel(kind="row", title="Requests"),
            _failing(),
            _slow(),
            _routes(),
            _imported(),
        ),
    )


def _steps(metric: str) -> tuple[Step, ...]:
    good, poor = LIMITS[metric]
    return ((None, BLUE), (good, ORANGE), (poor, RED))


def _unit(metric: str) -> str:
    return "none" if metric == "CLS" else "ms"


def _now(metric: str) -> Panel:
    good, poor = LIMITS[metric]
    return Panel(
        kind="stat",
        title=f"{metric}, 75th percentile",
        width=6,
        height=5,
        unit=_unit(metric),
        thresholds=_steps(metric),
        decimals=2 if metric == "CLS" else 0,
        description=f"Three visits in four have at most this; good up to {good:g}, poor beyond {poor:g}. Of all devices and releases (the rollup "
        "has neither). If it is poor, find the page below.",
        queries=(
            Query(
                text=f"""
            SELECT if(n >= {FEWEST}, p75, NULL) AS p75, n AS measurements
            FROM (
                SELECT quantilesTDigestMerge(0.5, 0.75, 0.95)(value)[2] AS p75, sum(samples) AS n
                FROM snag_performance.web_vitals_1h FINAL
                WHERE {_ROLLUP} AND metric = '{metric}'
            )
        """
            ),
        ),
        columns=(Column(name="measurements", unit="short", decimals=0, thresholds=((None, BLUE),)),),
    )


def _over_time(metric: str) -> Panel:
    return Panel(
        kind="timeseries",
        title=f"{metric} over time",
        unit=_unit(metric),
        height=7,
        thresholds=_steps(metric),
        least_interval="1h",
        decimals=2 if metric == "CLS" else 0,
        description="Median, 75th and 95th percentile. A jump at a release mark is that release's; all percentiles together point at servers, the "
        "95th alone at some devices or countries: choose one above for the shares.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT time, q[1] AS median, q[2] AS p75, q[3] AS p95
            FROM (
                SELECT $__timeInterval(bucket) AS time, quantilesTDigestMerge(0.5, 0.75, 0.95)(value) AS q, sum(samples) AS n
                FROM snag_performance.web_vitals_1h FINAL
                WHERE {_ROLLUP} AND metric = '{metric}'
                GROUP BY time
            )
            WHERE n >= {FEWEST}
            ORDER BY time
        """,
            ),
        ),
    )


def _shares() -> Panel:
    good = " OR ".join(f"metric = '{m}' AND value <= {low}" for m, (low, _) in LIMITS.items())
    poor = " OR ".join(f"metric = '{m}' AND value > {high}" for m, (_, high) in LIMITS.items())
    return Panel(
        kind="table",
        title="Good, needs work, poor",
        width=24,
        height=7,
        description="Shares of the measurements, good with its 95 % interval. 75 % good is what search engines call good; below it, begin with the "
        "metric of the largest poor share.",
        queries=(
            Query(
                text=f"""
            SELECT metric, {wilson("hits", "n", "good")}, if(n >= {FEWEST}, (n - hits - bad) / n, NULL) AS "needs work",
                if(n >= {FEWEST}, bad / n, NULL) AS poor, n AS measurements
            FROM (
                SELECT toString(metric) AS metric, count() AS n, countIf({good}) AS hits, countIf({poor}) AS bad
                FROM snag_performance.web_vitals FINAL
                WHERE {_RAW} AND NOT is_bot
                GROUP BY metric
            )
            ORDER BY metric
        """
            ),
        ),
        columns=(
            Column(name="good", unit="percentunit", decimals=1, thresholds=((None, RED), (0.5, ORANGE), (0.75, BLUE))),
            *(
                Column(name=name, unit="percentunit", decimals=1)
                for name in ("good_low", "good_high", "needs work", "poor")
            ),
        ),
    )


def _pages() -> Panel:
    metrics = ("LCP", "INP", "CLS", "TTFB")
    columns = ",\n                ".join(
        f"if(sumIf(samples, metric = '{m}') >= {FEWEST}, "
        f"quantilesTDigestMergeIf(0.5, 0.75, 0.95)(value, metric = '{m}')[2], NULL) AS {m}"
        for m in metrics
    )
    return Panel(
        kind="table",
        title="Pages, 75th percentiles",
        width=24,
        height=9,
        description="The pages with most measurements. Orange needs work, red is poor: begin with the red one on the way to a purchase. "
        "What it does to people is on the board Experience.",
        queries=(
            Query(
                text=f"""
            SELECT toString(page_group) AS page, {columns},
                sum(samples) AS measurements
            FROM snag_performance.web_vitals_1h FINAL
            WHERE {_ROLLUP}
            GROUP BY page
            ORDER BY measurements DESC, page
            LIMIT 30
        """
            ),
        ),
        columns=tuple(
            Column(name=m, unit=_unit(m), decimals=2 if m == "CLS" else 0, thresholds=_steps(m)) for m in metrics
        ),
    )


def _failing() -> Panel:
    return Panel(
        kind="timeseries",
        title="Requests answered 5xx",
        unit="percentunit",
        decimals=2,
        least_interval="5m",
        thresholds=((None, BLUE), (0.01, ORANGE), (0.05, RED)),
        description="Share of the requests that visitors' browsers made. Above 1 %: find the route below; contact surges name it as "
        "infrastructure if people call about it.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT time, failed / n AS "answered 5xx"
            FROM (
                SELECT $__timeInterval(bucket) AS time, sum(failed) AS failed, sum(requests) AS n
                FROM snag_performance.requests_5m FINAL
                WHERE {chosen("app", "env")} AND $__timeFilter(bucket)
                GROUP BY time
            )
            WHERE n >= {FEWEST}
            ORDER BY time
        """,
            ),
        ),
    )


def _slow() -> Panel:
    return Panel(
        kind="timeseries",
        title="Duration of requests",
        unit="ms",
        decimals=0,
        least_interval="5m",
        thresholds=((None, BLUE), (1000.0, ORANGE), (3000.0, RED)),
        description="Median, 75th and 95th percentile, from the browser's side: network and servers together. Compare with your own dashboards: "
        "what they do not show is the way between.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT time, q[1] AS median, q[2] AS p75, q[3] AS p95
            FROM (
                SELECT $__timeInterval(bucket) AS time, quantilesTDigestMerge(0.5, 0.75, 0.95)(duration) AS q, sum(requests) AS n
                FROM snag_performance.requests_5m FINAL
                WHERE {chosen("app", "env")} AND $__timeFilter(bucket)
                GROUP BY time
            )
            WHERE n >= {FEWEST}
            ORDER BY time
        """,
            ),
        ),
    )


def _routes() -> Panel:
    return Panel(
        kind="table",
        title="Routes",
        width=24,
        height=9,
        description="Routes with most failures first, then the slowest. The share has its 95 % interval: a high lower end is no accident. Hand the "
        "first to the team that owns the route.",
        queries=(
            Query(
                text=f"""
            SELECT route, requests, {wilson("failed", "requests", "failing")}, q[2] AS p75, q[3] AS p95
            FROM (
                SELECT toString(route) AS route, sum(requests) AS requests, sum(failed) AS failed,
                    quantilesTDigestMerge(0.5, 0.75, 0.95)(duration) AS q
                FROM snag_performance.requests_1h FINAL
                WHERE {_ROLLUP}
                GROUP BY route
            )
            ORDER BY failing_low DESC NULLS LAST, p75 DESC, route
            LIMIT 30
        """
            ),
        ),
        columns=(
            Column(
                name="failing", unit="percentunit", decimals=2, thresholds=((None, BLUE), (0.01, ORANGE), (0.05, RED))
            ),
            *(Column(name=f"failing_{end}", unit="percentunit", decimals=2) for end in ("low", "high")),
            *(Column(name=name, unit="ms", decimals=0) for name in ("p75", "p95")),
        ),
    )


def _imported() -> Panel:
    return Panel(
        kind="timeseries",
        title="Your own series",
        width=24,
        unit="none",
        least_interval="5m",
        may_be_empty=True,
        series_name="${__field.labels.name}",
        description="What `SNAG_PERFORMANCE_FILE` takes from your Prometheus, as surges are judged by it. Missing: see docs/operating.md.",
        queries=(
            Query(
                series=True,
                text="""
            SELECT $__timeInterval(ts) AS time, toString(name) AS name, avg(value) AS value
            FROM snag_performance.imported_series FINAL
            WHERE $__timeFilter_ms(ts) AND ($__conditionalAll(app IN (${app:singlequote}), $app) OR app = '')
            GROUP BY time, name
            ORDER BY time, name
        """,
            ),
        ),
    )
