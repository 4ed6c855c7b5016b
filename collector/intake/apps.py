"""The sites that may send, from the file that SNAG_APPS_FILE names.

    [shop]
    origins = ["https://shop.example", "https://*.shop.example"]
    events_per_s = 500
    sample = 0.25
    time_zone = "Europe/Berlin"

Without a file every site may send.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from collector.settings import load_toml

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9._-]+(:\d{1,5})?")


class BadApps(ValueError):
    """The apps file cannot be used; names the place and what was expected."""


class App(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One site."""

    origins: tuple[str, ...] = ()
    """Origins of its pages, as in a browser's Origin header; `*.` matches any subdomain. Empty: any origin."""
    events_per_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Events per second in the long run, with a burst of one minute; 0: no limit."""
    sample: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    """Share of its visitors' sessions that is stored."""
    time_zone: str = ""
    """An IANA name; empty: SNAG_TIME_ZONE."""

    def allows(self, origin: str) -> bool:
        """Whether a page at `origin` may send for this site."""
        return not self.origins or any(_matches(pattern, origin) for pattern in self.origins)


class Apps:
    """All sites; `open`: any site may send."""

    def __init__(self, registered: Mapping[str, App] | None = None) -> None:
        self.open = registered is None
        self.registered = dict(registered or {})
        self._any = App()

    def get(self, name: str) -> App | None:
        """Return the site called `name`; None if nobody may send for it."""
        return self._any if self.open else self.registered.get(name)


def load_apps(path: str) -> Apps:
    """Read the file; without one (an empty path) every site is known. Raises BadApps."""
    if not path:
        return Apps()
    tables = load_toml(path, "SNAG_APPS_FILE", BadApps)
    if not tables:
        raise BadApps(f"{path} contains no app; expected a table for each, such as [shop]")
    return Apps({name: _app(name, table, path) for name, table in tables.items()})


def _app(name: str, table: object, path: str) -> App:
    if not _NAME.fullmatch(name):
        raise BadApps(
            f"[{name}] in {path}: only letters, digits, dots, hyphens and underscores are allowed, at most 64"
        )
    try:
        app = msgspec.convert(table, App)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        where = place.strip("`").removeprefix("$") or ""
        known = ", ".join(App.__struct_fields__)
        raise BadApps(f"[{name}]{where} in {path}: {what.replace('`', '')}; known: {known}") from None
    for origin in app.origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadApps(
                f"[{name}] in {path}: origin {origin[:80]!r} is not a valid origin; expected for example https://shop.example"
            )
    try:
        if app.time_zone:
            ZoneInfo(app.time_zone)
    except (KeyError, ValueError):
        raise BadApps(
            f"[{name}] in {path}: time_zone {app.time_zone[:80]!r} is not a time zone; expected for example Europe/Berlin"
        ) from None
    return app


def _matches(pattern: str, origin: str) -> bool:
    scheme, star, rest = pattern.partition("*.")
    if not star:
        return origin.lower() == pattern.lower()
    return origin.lower().startswith(scheme.lower()) and origin.lower().endswith("." + rest.lower())
