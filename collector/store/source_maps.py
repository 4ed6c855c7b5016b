"""Keeps source maps by site, release and script. Whoever may read the site's events may read them; nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

from collector.store.queries import sourcemaps as queries
from collector.store.store import Store

_TABLE = "snag_experience.source_maps"


def keep_map(store: Store, app: str, release: str, file: str, content: str) -> None:
    """Keep one map; a second one of the same script takes the place of the first."""
    row = [app, release, file, datetime.now(UTC), content]
    store.client.insert(_TABLE, [row], column_names=["app", "release", "file", "uploaded_ts", "content"])


def kept_maps(store: Store, app: str) -> list[queries.KeptMap]:
    """What is there, the newest first."""
    return queries.kept(store, app=app)


def map_text(store: Store, app: str, release: str, file: str) -> str:
    """The map of one of `kept_maps`."""
    return queries.content(store, app=app, release=release, file=file)[0].content
