"""What a page is requested for: a site, a time, whose visits count, and the store to ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from collector.metrics.period import Period
from collector.settings import Settings
from collector.store import Store
from collector.surges.find import VISITORS, WITH_SIMULATED, NoSite
from collector.times import moment, since, zone

DEFAULT = "7d"
SPANS = ("24h", "7d", "30d", "90d")
LONGEST = timedelta(days=400)
IN_ADDRESS = ("app", "since", "until", "simulated")
"""What every link of a page takes along."""


class BadScope(ValueError):
    """A page cannot be requested so; names what was found and what was expected."""


class Scope(NamedTuple):
    """A site and a time, with a time zone, and an open store."""

    store: Store
    settings: Settings
    app: str
    apps: tuple[str, ...]
    start: datetime
    end: datetime
    now: datetime
    sources: tuple[str, ...]
    asked: Mapping[str, str]
    """The query of the address."""

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.settings.time_zone)

    @property
    def period(self) -> Period:
        """The site and time as the other rooms take them."""
        return Period(self.app, self.start, self.end, self.sources)

    def href(self, path: str, **changes: str) -> str:
        """The address of another page over the same site and time.

        `changes` are added; an empty value removes a parameter.
        """
        query = {key: self.asked[key] for key in IN_ADDRESS if self.asked.get(key)}
        query = {key: value for key, value in {**query, **changes}.items() if value}
        return f"{path}?{urlencode(query)}" if query else path


def read_scope(store: Store, settings: Settings, query: Mapping[str, str], now: datetime) -> Scope:
    """The scope that an address names. Raises BadScope, BadTime, NoSite."""
    apps = tuple([settings.app] if settings.app else store.apps())
    app = query.get("app", "") or (apps[0] if apps else "")
    if not app:
        raise NoSite("The store holds no page views yet. Put the tag into your pages (`snag tag`), or try `snag demo`.")
    if app not in apps:
        raise BadScope(f"app: unknown site {app[:60]!r}; known sites: {', '.join(apps[:10])}")
    tz = zone(settings.time_zone)
    until = moment(query["until"], tz) if query.get("until") else now
    start = since(query.get("since") or DEFAULT, until, tz)
    if not start < until:
        raise BadScope("since: the time ends before it starts; expected a since= before until=")
    if until - start > LONGEST:
        raise BadScope(f"since: {(until - start).days} days is out of range; expected at most {LONGEST.days}")
    sources = WITH_SIMULATED if query.get("simulated") else VISITORS
    return Scope(store, settings, app, apps, start, until, now.astimezone(UTC), sources, query)
