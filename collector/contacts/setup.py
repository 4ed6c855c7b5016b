"""The support side of a running collector: who may send, whose requests are keyed how, and a folder of the queue."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from collector.contacts import deliveries
from collector.contacts.deliveries import Unmapped
from collector.contacts.ingest import line
from collector.contacts.requesters import People
from collector.contacts.sources_file import BadSources, Source, load_sources
from collector.privacy.keys import BadKeys, load_keys
from collector.settings import BadSetting, Settings
from collector.spool import Spool
from collector.spool.quarantine import worker_folder
from collector.store import Store

_unmapped = msgspec.json.Decoder(Unmapped)


class Helpdesk(NamedTuple):
    """Sources and their people."""

    sources: Mapping[str, Source]
    people: People

    def again(self, aside: bytes) -> bytes | None:
        """A queued record that was set aside, as a line of the support side; None if it still cannot be read."""
        try:
            found = _unmapped.decode(aside)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        source = self.sources.get(found.source)
        support = deliveries.again(found, source, self.people) if source else None
        return line(support).rstrip(b"\n") if support else None


def helpdesk(settings: Settings, clock: Callable[[], float] = time.time) -> Helpdesk:
    """Raises BadSetting."""
    try:
        sources = load_sources(settings.sources_file)
        keys = load_keys(settings.data_dir, settings.requester_keys)
    except (BadSources, BadKeys) as error:
        raise BadSetting(str(error)) from None
    return Helpdesk(sources, People(keys, lambda: _suppressed(settings.store_dsn), clock))


@asynccontextmanager
async def counter(settings: Settings) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
    """A folder of the queue for what comes by the private port; gives what makes a line durable. Raises SpoolInUse."""
    spool = Spool(
        worker_folder(settings.spool_path, "contacts"),
        max_bytes=settings.spool_max_mb * 2**20,
        min_free_bytes=settings.spool_min_free_mb * 2**20,
    )
    sealing = asyncio.create_task(spool.run())
    try:
        yield spool.put
    finally:
        sealing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sealing
        await spool.close()


def _suppressed(dsn: str) -> frozenset[bytes]:
    store = Store.open(dsn)
    try:
        return store.suppressed()
    finally:
        store.close()
