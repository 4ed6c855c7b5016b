"""Views that put contacts, surveys and what was observed side by side:

quadrant      pages by friction observed and satisfaction stated
chains        requesters who come again within 7 days, and who change the channel for it, beside volumes by channel
consistency   how far satisfaction and response time lie apart over the channels
self-service  who seeks help, who is content with it, which searches fail
mentions      brand mentions: contacts of the channels social and review, volume alone
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from collector.commands import correlate
from collector.commands.tables import print_rows
from collector.errors import Failed
from collector.metrics.catalogue import METRICS
from collector.metrics.cross_views import FEWEST, quadrant, spread
from collector.metrics.intervals import Interval, wilson
from collector.metrics.means import Estimate
from collector.metrics.query import NOT_ENOUGH, figures
from collector.settings import Settings
from collector.store import Store
from collector.store.queries import contacts as contact_queries
from collector.store.queries import metrics as metric_queries
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, chosen_app

Rows = tuple[Sequence[str], list[tuple[Any, ...]]]


class Asked(NamedTuple):
    """What a view is asked over."""

    store: Store
    settings: Settings
    start: datetime
    end: datetime
    sources: tuple[str, ...]

    def app(self) -> str:
        """The site. Raises Failed."""
        try:
            return chosen_app(self.store, self.settings.app)
        except NoSite as error:
            raise Failed(str(error)) from None


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print one view."""
    if len(args.names) > 1:
        raise Failed(f"{args.names[0]} stands alone: snag metrics {args.names[0]}")
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        names, rows = ACTIONS[args.names[0]](Asked(store, settings, start, until, correlate.traffic_sources(args)))
    finally:
        store.close()
    return print_rows(names, rows, args)


def _quadrant(asked: Asked) -> Rows:
    """CSAT where it was asked, else CES: shares of good answers."""
    rows = metric_queries.quadrant(
        asked.store, app=asked.app(), start=asked.start, end=asked.end, sources=asked.sources
    )
    names = (
        "page",
        "verdict",
        "sure",
        "friction",
        "friction_low",
        "friction_high",
        "stated",
        "stated_low",
        "stated_high",
        "metric",
    )
    found: list[tuple[Any, ...]] = []
    csat = {row.page_group: (row.sessions, row.hit, row.csat, row.csat_good) for row in rows}
    ces = {row.page_group: (row.sessions, row.hit, row.ces, row.ces_good) for row in rows}
    for metric, pages in (("csat", csat), ("ces_easy", ces)):
        found += [
            (one.page, one.verdict, one.sure, *_flat(one.friction), *_flat(one.stated), metric)
            for one in quadrant(pages)
        ]
    return names, found


def _chains(asked: Asked) -> Rows:
    """From which channel to which, and who comes once more after it."""
    rows = contact_queries.chains(asked.store, start=asked.start, end=asked.end)
    names = ("from", "to", "contacts", "again_within_7d", "low", "high", "n")
    found = [
        (row.came_from or "(first)", row.channel, row.touches, *_share(row.again, row.eligible), row.eligible)
        for row in rows
    ]
    for title, kept in (
        ("(first)", lambda source, to: not source),
        ("(same channel)", lambda source, to: source == to),
        ("(switched)", lambda source, to: bool(source) and source != to),
    ):
        some = [row for row in rows if kept(row.came_from, row.channel)]
        eligible, again = sum(row.eligible for row in some), sum(row.again for row in some)
        found.append((title, "(any)", sum(row.touches for row in some), *_share(again, eligible), eligible))
    followed = sum(row.touches for row in rows if row.came_from)
    switched = sum(row.touches for row in rows if row.came_from and row.came_from != row.channel)
    found.append(("(switch rate of followed)", "(any)", switched, *_share(switched, followed), followed))
    return names, found


def _consistency(asked: Asked) -> Rows:
    """One row for each number: its lowest and highest channel, and how far they lie apart."""
    names = ("metric", "of", "spread", "low", "high", "lowest", "highest", "channels", "unit")
    found: list[tuple[Any, ...]] = []
    for name in ("csat", "frt_median"):
        asked_by = figures(asked.store, [METRICS[name]], asked.start, asked.end, asked.settings, by="channel")
        for apart in dict.fromkeys(figure.apart for figure in asked_by):
            some = [f for f in asked_by if f.apart == apart and f.value is not None and f.part]
            apart_by = spread([Estimate(f.value, f.interval_95) for f in some if f.value is not None])
            if apart_by is None:
                found.append((name, apart, NOT_ENOUGH, None, None, "", "", len(some), METRICS[name].unit))
                continue
            ranked = sorted(some, key=lambda f: f.value or 0.0)
            found.append(
                (
                    name,
                    apart,
                    *_flat(apart_by),
                    ranked[0].part,
                    ranked[-1].part,
                    len(some),
                    METRICS[name].unit,
                )
            )
    return names, found


def _self_service(asked: Asked) -> Rows:
    """Shares of sessions, and of searches in the help."""
    (row,) = contact_queries.self_service(
        asked.store, app=asked.app(), start=asked.start, end=asked.end, sources=asked.sources
    )
    sessions, sought, searched, opened, sought_opened, linkable, in_contact, searches, failed = map(int, row)
    names = ("what", "share", "low", "high", "n", "of")
    return names, [
        ("sought help", *_share(sought, sessions), sessions, "sessions"),
        ("searched in the help", *_share(searched, sessions), sessions, "sessions"),
        ("opened a way to contact", *_share(opened, sessions), sessions, "sessions"),
        (
            "contained: no contact within 24 h",
            *_share(linkable - in_contact, linkable),
            linkable,
            "sessions that sought help and may be linked",
        ),
        (
            "contained: no way to contact opened",
            *_share(sought - sought_opened, sought),
            sought,
            "sessions that sought help",
        ),
        ("search failed", *_share(failed, searches), searches, "searches in the help"),
    ]


def _mentions(asked: Asked) -> Rows:
    """Mentions now and in the time of the same length before."""
    names = ("channel", "source", "mentions", "low", "high", "before")
    length = asked.end - asked.start
    found: list[tuple[Any, ...]] = []
    rows = contact_queries.mentions(asked.store, start=asked.start, end=asked.end, before=asked.start - length)
    for channel, source, now, before in rows:
        found.append((channel, source, now, *_poisson(now), before))
    return names, found


ACTIONS: dict[str, Callable[[Asked], Rows]] = {
    "quadrant": _quadrant,
    "chains": _chains,
    "consistency": _consistency,
    "self-service": _self_service,
    "mentions": _mentions,
}


def _share(hits: int, n: int) -> tuple[float | str, float | None, float | None]:
    if n < FEWEST:
        return NOT_ENOUGH, None, None
    return hits / n, *wilson(hits, n)


def _flat(estimate: Estimate) -> tuple[float, float | None, float | None]:
    low, high = estimate.interval_95 or (None, None)
    return estimate.value, low, high


def _poisson(n: int) -> Interval:
    """95 % of a count, by its square root (Anscombe 1948): mentions come one by one."""
    root = (n + 0.375) ** 0.5
    return Interval(max(0.0, (root - 0.98) ** 2 - 0.375), (root + 0.98) ** 2 - 0.375 + 1)
