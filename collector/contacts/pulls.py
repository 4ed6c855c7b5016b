"""Asks a source for what changed since the last time, page by page: push for freshness, pull for truth.

What a page brought is kept before its cursor is: a pull that is killed goes on where it was, and what comes twice is the
same row. At the end of the list the source is complete up to its beginning, less what the vendor holds back.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec

from collector.contacts import deliveries
from collector.contacts.deliveries import Received
from collector.contacts.ingest import land
from collector.contacts.requesters import People
from collector.contacts.sources_file import Source
from collector.contacts.vendors import Ask, Login, Unreadable
from collector.settings import BadSetting, secret
from collector.store.store import Store
from collector.times import BadTime, since, zone

log = logging.getLogger(__name__)

TRIES = 6
"""So often one request is tried; with FIRST_WAIT_S doubled each time, about two minutes."""

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
REQUEST_S = 60.0
MAX_ANSWER_BYTES = 64 * 2**20

_BUSY = (408, 425, 429, 500, 502, 503, 504)


class PullFailed(Exception):
    """A source could not be asked, or its answer not be understood; says which, why, and what to look at. No secrets."""


class Pulled(NamedTuple):
    """What one pull brought."""

    pages: int
    records: int
    set_aside: int
    suppressed: int
    complete_through: datetime | None
    """None: it was stopped before the end of the list."""


class Waits(NamedTuple):
    """How a pull waits; tests do not want to."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2)  # noqa: S311 (no secret)


async def pull(
    source: Source,
    store: Store,
    people: People,
    quarantine: Path,
    *,
    clock: Callable[[], float] = time.time,
    stopping: Callable[[], bool] = lambda: False,
    on_received: Callable[[Received], None] = lambda received: None,
    waits: Waits = Waits(),  # noqa: B008 (immutable)
    env: Mapping[str, str] = os.environ,
) -> Pulled:
    """Take what changed. Raises PullFailed; what was kept until then stays, and the next pull goes on there."""
    table, how = source.table.pull, source.adapter.pull
    if table is None or how is None:
        raise PullFailed(f"{source.name} has no [{source.name}.pull] in the sources file")
    try:
        token = secret(table.token, f"[{source.name}.pull] token", env) if table.token else ""
    except BadSetting as error:
        raise PullFailed(str(error)) from None
    login = Login(table.user, token, table.options)
    began = clock()
    cursor = await asyncio.to_thread(store.cursor, source.name) or how.first(_first(table.since, began))
    pages = records = aside = suppressed = 0
    timeout = aiohttp.ClientTimeout(total=REQUEST_S)
    async with aiohttp.ClientSession(timeout=timeout, headers=dict(how.headers(login))) as session:
        while not stopping():
            answer = await _asked(session, source.name, table.url, how.ask(cursor, login), waits)
            now = datetime.fromtimestamp(clock(), UTC)
            try:
                page = how.page(answer, cursor, now)
                found = [record for one in page.objects for record in source.adapter.records(one, source.mapped)]
            except (Unreadable, ValueError, KeyError, TypeError, AttributeError) as error:
                raise PullFailed(f"{source.name}: the answer cannot be understood: {error}") from None
            await asyncio.to_thread(people.refresh)
            received = deliveries.read(found, source, people, int(now.timestamp() * 1000))
            through = datetime.fromtimestamp(began, UTC) - timedelta(seconds=how.lag_s) if page.done else None
            await asyncio.to_thread(_keep, store, source, received, quarantine, page.cursor, through)
            on_received(received)
            pages, records = pages + 1, records + len(found)
            aside, suppressed = aside + len(received.unmapped), suppressed + received.suppressed
            if page.done:
                return Pulled(pages, records, aside, suppressed, through)
            if page.cursor == cursor:
                raise PullFailed(f"{source.name}: the list goes on for ever at one place; nothing newer can be met")
            cursor = page.cursor
    return Pulled(pages, records, aside, suppressed, None)


def _first(text: str, now: float) -> datetime:
    try:
        return since(text, datetime.fromtimestamp(now, UTC), zone("UTC"))
    except BadTime as error:
        raise PullFailed(f"since: {error}") from None


async def _asked(session: aiohttp.ClientSession, name: str, url: str, ask: Ask, waits: Waits) -> Any:
    """The answer's JSON. Waits where the source says how long, else longer each time. Raises PullFailed."""
    where, why = url.rstrip("/") + ask.path, ""
    for tried in range(TRIES):
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**tried) * waits.jitter()
        try:
            async with session.request(
                ask.method, where, params=ask.params or None, json=ask.json, allow_redirects=False
            ) as answer:
                if answer.status == 200:
                    return _json(name, await _bounded(name, answer))
                why = f"it answered {answer.status}"
                if answer.status in (401, 403):
                    raise PullFailed(f"{name}: {why}: are user and token of [{name}.pull] right, and may they read?")
                if answer.status not in _BUSY:
                    raise PullFailed(f"{name}: {why} to {ask.method} {ask.path}; is url of [{name}.pull] right?")
                if (asked_s := _retry_after(answer.headers)) is not None:
                    # Sooner would be answered the same; longer than this the next pull can wait as well.
                    if asked_s > LONGEST_WAIT_S:
                        raise PullFailed(f"{name}: {why} and wants {asked_s:.0f} s of rest; the next pull goes on")
                    wait_s = asked_s
        except (aiohttp.ClientError, TimeoutError) as error:
            why = f"it cannot be reached: {type(error).__name__}"
        if tried + 1 < TRIES:
            log.info("%s: %s, next try in %.0f s", name, why, wait_s)
            await waits.sleep(wait_s)
    raise PullFailed(f"{name}: {why}, {TRIES} times; the next pull goes on where this one was")


async def _bounded(name: str, answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_chunked(2**16):
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise PullFailed(f"{name}: an answer is larger than {MAX_ANSWER_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _json(name: str, body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PullFailed(f"{name}: the answer is no JSON: {error}") from None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, however it is written (RFC 9110, 10.2.3); None where it is not."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()) if text else None
    except (ValueError, TypeError):
        return None


def _keep(
    store: Store, source: Source, received: Received, quarantine: Path, cursor: str, through: datetime | None
) -> None:
    if received.unmapped:
        _set_aside(quarantine, received)
    store.keep_rows(received.support.intervals)
    land(store, received.support.contacts, received.support.events)
    stream = "intervals" if source.adapter.intervals else "contacts"
    store.set_cursor(source.name, cursor)
    if through is not None:
        store.set_watermark(source.name, through, stream)


def _set_aside(quarantine: Path, received: Received) -> None:
    quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = quarantine / f"{time.time_ns() // 1_000_000:013d}-{os.getpid()}-pull.ndjson"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(fd, "ab") as file:
        for one in received.unmapped:
            file.write(msgspec.json.encode(one) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    log.warning(
        "%s records of %s cannot be read; they are set aside: `snag spool status` says more",
        len(received.unmapped),
        received.unmapped[0].source,
    )
