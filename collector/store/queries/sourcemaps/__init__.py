"""Source maps by site, release and script."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collector.store.store import Store


class KeptMap(NamedTuple):
    """A map that is kept; `bytes` before the store packs it."""

    release: str
    file: str
    uploaded_ts: datetime
    bytes: int


class Content(NamedTuple):
    """The text of a map."""

    content: str


def kept(store: Store, *, app: str) -> list[KeptMap]:
    """Return the maps of a site, the newest first."""
    return store._rows(KeptMap, "sourcemaps/kept", app=app)


def content(store: Store, *, app: str, release: str, file: str) -> list[Content]:
    """Return it as one row."""
    return store._rows(Content, "sourcemaps/content", app=app, release=release, file=file)
