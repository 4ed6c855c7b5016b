"""The feedback loop: a reason of contacts and the friction point behind it, from found to verified. Judged on days; no
command line here, the clock comes in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from collector.metrics.cross_views import Back, back_inside
from collector.store import Store
from collector.store.feedback import Day, Link, days, keep, links

USUAL = timedelta(days=28)
"""What was usual is told from so long before it began: every weekday four times."""


class BadLink(ValueError):
    """A loop that cannot be started or changed; says why and what is expected."""


class Checked(NamedTuple):
    """A loop, and how far its two ends are back; None: too few days to tell."""

    link: Link
    contacts: Back | None
    friction: Back | None
    days: int
    """Whole days since the fix that were looked at."""


def found(store: Store, app: str, reason: str, point: str, began: datetime, now: datetime) -> Link:
    """Begin a loop. point: `page|kind` or `page|kind|target name`. Raises BadLink."""
    page, kind, *rest = (*(part.strip() for part in point.split("|")), "")
    if not reason or not page or not kind or len(rest) > 2:
        raise BadLink(
            f"'{point[:80]}' is not a friction point; "
            "expected for example '/checkout/pay|rage_click' or '/pay|rage_click|Pay'"
        )
    link = Link(uuid4(), _version(now), app, reason, page, kind, rest[0], "found", began)
    keep(store, link)
    return link


def changed(
    store: Store,
    app: str,
    which: str,
    now: datetime,
    *,
    owner: str = "",
    release: str = "",
    fixed: datetime | None = None,
) -> Link:
    """Note who has taken it on, or that a release is to have fixed it, once more if it did not. Raises BadLink."""
    link = one(store, app, which)
    if owner:
        link = link._replace(owner=owner, state="owned" if link.state == "found" else link.state)
    if release:
        at = fixed or now
        if at <= link.began_ts:
            raise BadLink(
                f"the fix ({at:%Y-%m-%d %H:%M} UTC) must be later than the start ({link.began_ts:%Y-%m-%d %H:%M} UTC)"
            )
        link = link._replace(release=release, fixed_ts=at, state="fixed", verified_ts=None)
    link = link._replace(version=_version(now))
    keep(store, link)
    return link


def one(store: Store, app: str, which: str) -> Link:
    """The loop whose id begins with `which`. Raises BadLink."""
    some = [link for link in links(store, app) if which and str(link.link_id).startswith(which.lower())]
    if len(some) != 1:
        raise BadLink(f"{len(some)} loops of {app} begin with '{which}'; `snag feedback list` says which there are")
    return some[0]


def check(store: Store, link: Link, now: datetime, hold_days: int, sources: tuple[str, ...] = ("rum",)) -> Checked:
    """Look whether contacts and friction are back inside the band, over `hold_days` whole days (UTC) after the fix, and
    note the loop verified where both are. Before so many days are over nothing is said."""
    if link.fixed_ts is None:
        return Checked(link, None, None, 0)
    first = _next_day(link.fixed_ts)
    over = min(hold_days, max(0, (now - first).days))
    began = link.began_ts.replace(hour=0, minute=0, second=0, microsecond=0)
    before = _series(days(store, link, began - USUAL, began, sources), began - USUAL, USUAL.days)
    after = _series(days(store, link, first, first + timedelta(days=over), sources), first, over)
    if over < hold_days:
        return Checked(link, None, None, over)
    measured = [day for day in before if day.sessions]
    if len(measured) < 7 or not any(day.sessions for day in after):
        return Checked(link, None, None, over)
    usual = float(np.mean([day.sessions for day in measured]))
    contacts = back_inside(*(np.array([float(day.contacts) for day in some]) for some in (before, after)))
    # As many as a day with the usual number of sessions would have had: less traffic is no fix.
    friction = back_inside(
        *(np.array([day.hit * usual / day.sessions for day in some if day.sessions]) for some in (measured, after))
    )
    if contacts.inside and friction.inside and link.state == "fixed":
        link = link._replace(state="verified", verified_ts=now, version=_version(now))
        keep(store, link)
    elif not (contacts.inside and friction.inside) and link.state == "verified":
        link = link._replace(state="fixed", verified_ts=None, version=_version(now))
        keep(store, link)
    return Checked(link, contacts, friction, over)


def as_json(checked: Checked) -> str:
    """One line for programs."""
    row = checked.link._asdict() | {
        "contacts": checked.contacts and checked.contacts._asdict(),
        "friction": checked.friction and checked.friction._asdict(),
        "days": checked.days,
    }
    return json.dumps(row, default=str)


def _series(found: dict[int, Day], start: datetime, length: int) -> list[Day]:
    first = int(start.timestamp())
    return [found.get(day, Day(day, 0, 0, 0)) for day in range(first, first + 86_400 * length, 86_400)]


def _next_day(ts: datetime) -> datetime:
    day = ts.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == ts else day + timedelta(days=1)


def _version(now: datetime) -> int:
    return int(now.timestamp() * 1000)
