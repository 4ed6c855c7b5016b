"""Asks the store for one site's series and the correlation for its verdicts: the only place that knows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

import numpy as np

from collector.correlate import NotEnoughData, Outcome, Reliability, Surge, analyse, learn_reliability
from collector.correlate.types import Verdict
from collector.store.grids import STEP_S, Grids, floor, read
from collector.store.queries import contacts as contact_queries
from collector.store.queries import friction as friction_queries
from collector.store.queries import grids as grid_queries
from collector.store.store import Store
from collector.store.surges import reviews
from collector.times import clock, zone

HISTORY = timedelta(weeks=8)
"""What is usual is learnt from so much before the time in question: a year would mix old habits in, less than a
few weeks leaves every hour of the week with too few examples."""

LEAST_HISTORY = timedelta(days=3)
"""As the correlation asks for."""

VISITORS = ("rum",)
WITH_SIMULATED = ("rum", "simulated")


class Found(NamedTuple):
    """The surges of one site in [since, until), and the series that they were found in."""

    app: str
    since: datetime
    until: datetime
    sources: tuple[str, ...]
    time_zone: str
    complete_through: dict[str, datetime]
    """How far each source of contacts is complete."""
    judged_through: datetime
    """Nothing was judged past it: contacts are not all in."""
    stale: tuple[str, ...]
    """Sources that stopped delivering; their contacts count, their silence does not."""
    grids: Grids
    surges: list[Surge]
    elements: dict[str, str]
    """By `page_group|kind`: the name of the element that it mostly hits in this time, where it is known."""
    examples: dict[str, list[str]]
    """By `page_group|kind` that a surge follows: ids of a few visits that met it, to be looked at."""


STALE = timedelta(days=2)
"""A source that is so far behind the newest one has stopped: a retired desk, last month's file."""


class NoSite(Exception):
    """The store holds no page view of the site in question."""


class ContactsMissing(Exception):
    """Contacts are not in for the time in question, so whether there were more than usual cannot be said."""


def find(
    store: Store,
    *,
    app: str,
    since: datetime,
    until: datetime,
    time_zone: str,
    sources: Sequence[str] = VISITORS,
) -> Found:
    """The surges of `app` that overlap [since, until), with a time zone; learnt from HISTORY before `since`.

    Reads the rollups as they are: who asks refreshes them first. `app` may be "" where there is only one. Simulated
    traffic counts only if `sources` names it.
    Raises NoSite, ContactsMissing, and correlate.NotEnoughData where nothing can be said at all.
    """
    app = chosen_app(store, app)
    until = datetime.fromtimestamp(floor(until.timestamp()), UTC)
    watermarks = store.watermarks()
    through, stale = judged_through(watermarks, since, until)
    grids = read(store, app, since - HISTORY, until, sources)
    annotations = [
        {"start": start, "end": end, "kind": kind, "title": title}
        for start, end, kind, title in contact_queries.annotations_during(
            store, app=app, start=since - HISTORY, end=until
        )
    ]
    try:
        surges = analyse(
            grids.friction,
            grids.performance,
            {"start": grids.start, "step": STEP_S, "sessions": grids.sessions},
            {"channels": grids.channels, "topics": grids.topics},
            timezone=time_zone,
            annotations=annotations,
            complete_through={"contacts": through.timestamp()},
            since=since.timestamp(),
            reliability=reliability_of(store, app),
        )
    except NotEnoughData as error:
        raise NotEnoughData(_with_when(str(error), store, app, since, until, sources, zone(time_zone))) from None
    wanted = [surge for surge in surges if surge.end > since.timestamp()]
    points = store.friction_top(app, since, until, sources, limit=1000)
    elements: dict[str, str] = {}
    for page, kind, _, name, *_ in points:  # most sessions first
        if name:
            elements.setdefault(f"{page}|{kind}", name)
    examples = {
        key["key"]: _examples(store, app, key["key"], surge, sources) for surge in wanted for key in surge.keys[:3]
    }
    return Found(
        app,
        since,
        until,
        tuple(sources),
        time_zone,
        watermarks,
        through,
        stale,
        grids,
        wanted,
        elements,
        examples,
    )


def reliability_of(store: Store, app: str) -> Reliability:
    """How far confidence is to be trusted on this site, from the verdicts that people confirmed or refused."""
    return learn_reliability(
        Outcome(cast(Verdict, review.verdict), review.stated, review.is_right)
        for review in reviews(store, app)
        if review.stated is not None
    )


def remembered(store: Store, app: str, surge: Surge, time_zone: str) -> Found:
    """What is needed to tell of one surge that was kept: without its series, which are not read again."""
    since, until = (datetime.fromtimestamp(ts, UTC) for ts in (surge.start, surge.end))
    points = store.friction_top(app, since - timedelta(hours=3), until, VISITORS, limit=1000)
    elements: dict[str, str] = {}
    for page, kind, _, name, *_ in points:
        if name:
            elements.setdefault(f"{page}|{kind}", name)
    none = np.zeros(0)
    keys = {f"{page}|{kind}": none for page, kind, *_ in points} | {key["key"]: none for key in surge.keys}
    grids = Grids(int(since.timestamp()), none, keys, {}, {}, {})
    return Found(app, since, until, VISITORS, time_zone, {}, until, (), grids, [surge], elements, {})


def _with_when(
    reason: str, store: Store, app: str, since: datetime, until: datetime, sources: Sequence[str], tz: ZoneInfo
) -> str:
    """What was missing, when it will be known, and what was left out."""

    def first(which: Sequence[str]) -> int:
        found = grid_queries.first_session(store, app=app, sources=which, start=since - HISTORY, end=until)
        return int(found[0].first_s or 0)

    began = first(sources)
    enough = datetime.fromtimestamp(began, UTC) + LEAST_HISTORY
    words = f"{reason}."
    if began and enough > until:
        words += f" There will be enough history from about {clock(enough, tz)}."
    if set(sources) < set(WITH_SIMULATED) and first(WITH_SIMULATED) < (began or until.timestamp()):
        words += " The store also holds simulated traffic, which is not counted here: add --include-simulated."
    return words


def _examples(store: Store, app: str, key: str, surge: Surge, sources: Sequence[str]) -> list[str]:
    page, _, kind = key.rpartition("|")
    # Who called had met it before: the hours that the correlation looks back.
    start = datetime.fromtimestamp(surge.start, UTC) - timedelta(hours=3)
    end = datetime.fromtimestamp(surge.end, UTC)
    rows = friction_queries.affected_sessions(
        store,
        app=app,
        page_group=page,
        kind=kind,
        start=start,
        end=end,
        sources=list(sources),
        limit=3,
    )
    return [row.session for row in rows]


def judged_through(
    watermarks: Mapping[str, datetime], since: datetime, until: datetime
) -> tuple[datetime, tuple[str, ...]]:
    """How far [since, until) can be judged, and the sources that have stopped.

    Raises ContactsMissing.
    """
    if not watermarks:
        raise ContactsMissing("no contacts are known: import some first, with `snag contacts import`")
    newest = max(watermarks.values())
    stale = tuple(sorted(name for name, ts in watermarks.items() if ts < newest - STALE))
    through = min([until, *(ts for name, ts in watermarks.items() if name not in stale)])
    if through <= since:
        raise ContactsMissing(
            f"cannot say: contacts are in only through {newest:%Y-%m-%d %H:%M} UTC; import newer ones with "
            "`snag contacts import`, or ask about an earlier time with --since and --until"
        )
    return through, stale


def chosen_app(store: Store, app: str) -> str:
    """The site that was asked for, or the only one. Raises NoSite, with the sites that there are."""
    if not app:
        return only_app(store)
    apps = store.apps()
    if apps and app not in apps:
        raise NoSite(f"unknown site {app[:60]!r}; expected one of {', '.join(apps[:10])}")
    return app


def only_app(store: Store) -> str:
    """The site, if there is just one. Raises NoSite."""
    apps = store.apps()
    if len(apps) == 1:
        return apps[0]
    if not apps:
        raise NoSite("the store holds no page views yet: put the tag into your pages, see README, or try `snag demo`")
    raise NoSite(f"the store holds {len(apps)} sites: {', '.join(apps[:10])}; say which one with --app")
