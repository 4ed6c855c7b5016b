"""The journeys of journeys.yaml, kept in the store so that views and panels know their steps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from collector.store.store import Store

_TABLE = "snag_experience.journey_definitions"


class Definition(NamedTuple):
    """One journey; `pages` are the page groups of each step, with `*` for any characters."""

    app: str
    journey: str
    steps: Sequence[str]
    pages: Sequence[Sequence[str]]
    completion_value: float
    currency: str


def define(store: Store, wanted: Sequence[Definition]) -> bool:
    """Keep exactly these; returns whether anything changed."""
    names = ", ".join(Definition._fields)
    rows = store.client.query(f"SELECT {names} FROM {_TABLE} FINAL").result_rows
    kept = {row[:2]: _plain(Definition(*row)) for row in rows}
    new = {one[:2]: _plain(one) for one in wanted}
    version = int(time.time() * 1000)
    changed = [[*one, version, 0] for key, one in new.items() if kept.get(key) != one]
    gone = [[*one, version, 1] for key, one in kept.items() if key not in new]
    if changed or gone:
        store.client.insert(_TABLE, changed + gone, column_names=[*Definition._fields, "version", "is_deleted"])
    return bool(changed or gone)


def _plain(one: Definition) -> Definition:
    return one._replace(steps=list(one.steps), pages=[list(pages) for pages in one.pages])
