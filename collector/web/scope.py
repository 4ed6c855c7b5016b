"""What a page is asked over: a site, a time, whose visits count, and who asks the store."""

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


class BadLook(ValueError):
    """A page cannot be asked so; says what was met and what would be right."""


class Look(NamedTuple):
    """A site and a time, with a time zone, and an open store to ask."""

    store: Store
    settings: Settings
    app: str
    apps: tuple[str, ...]
    start: datetime
    end: datetime
    now: datetime
    sources: tuple[str, ...]
    asked: Mapping[str, str]
    """What the address says besides, such as `since`."""

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.settings.time_zone)

    @property
    def period(self) -> Period:
        """As the friction side takes it."""
        return Period(self.app, self.start, self.end, self.sources)

    def href(self, path: str, **more: str) -> str:
        """The address of another page over the same site and time.

        `more` is added; an empty value takes something away.
        """
        kept = {
            key: value for key, value in self.asked.items() if key in ("app", "since", "until", "simulated") and value
        }
        asked = {key: value for key, value in {**kept, **more}.items() if value}
        return f"{path}?{urlencode(asked)}" if asked else path


def look(store: Store, settings: Settings, asked: Mapping[str, str], now: datetime) -> Look:
    """What the address asks for. Raises BadLook, BadTime, NoSite."""
    apps = tuple([settings.app] if settings.app else store.apps())
    app = asked.get("app", "") or (apps[0] if apps else "")
    if not app:
        raise NoSite("the store holds no page views yet: put the tag into your pages, or try `snag demo`")
    if app not in apps:
        raise BadLook(f"no site is called {app[:60]!r}; there are {', '.join(apps[:10])}")
    tz = zone(settings.time_zone)
    until = moment(asked["until"], tz) if asked.get("until") else now
    start = since(asked.get("since") or DEFAULT, until, tz)
    if not start < until:
        raise BadLook("the time ends before it begins; right would be a since= that is before until=")
    if until - start > LONGEST:
        raise BadLook(f"a time of {(until - start).days} days is longer than {LONGEST.days}; ask for less")
    sources = WITH_SIMULATED if asked.get("simulated") else VISITORS
    return Look(store, settings, app, apps, start, until, now.astimezone(UTC), sources, asked)
