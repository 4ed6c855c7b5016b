"""Keeps source maps by site, release and script. Whoever may read the site's events may read them; nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from collector.store.store import Store

_TABLE = "snag_experience.source_maps"


class KeptMap(NamedTuple):
    """A map that is there; `bytes` as it is held, before the store packs it."""

    release: str
    file: str
    uploaded_ts: datetime
    bytes: int


def keep_map(store: Store, app: str, release: str, file: str, content: str) -> None:
    """Keep one map; a second one of the same script takes the place of the first."""
    row = [app, release, file, datetime.now(UTC), content]
    store.client.insert(_TABLE, [row], column_names=["app", "release", "file", "uploaded_ts", "content"])


def kept_maps(store: Store, app: str) -> list[KeptMap]:
    """What is there, the newest first."""
    return [KeptMap(*row) for row in store.rows("source_maps", app=app)]


def map_text(store: Store, app: str, release: str, file: str) -> str:
    """The map of one of `kept_maps`."""
    ((content,),) = store.rows("source_map", app=app, release=release, file=file)
    return str(content)
