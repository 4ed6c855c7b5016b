"""What readers of foreign agents share: ids that a retry repeats, routes and pages, beacons of a bounded size."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid5

import msgspec

from collector.events import KINDS, MAX_EVENTS, AnyEvent, Beacon, Device
from collector.intake import limits
from collector.intake.decode import BadBeacon
from collector.scrub import host_and_path, template

AGENTS = ("faro", "otlp")
NAMESPACE = UUID("5f0f8c9e-7c4b-4a35-9d2b-0f6e6f2a9c11")

_APP = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Foreign(NamedTuple):
    """What one body came to."""

    beacons: list[Beacon]
    left_out: Counter[str]
    """Events that stay out, by reason: unjudged (nothing in our vocabulary says it), event_time, bad_field, no_session."""


Reader = Callable[[bytes, str, str, int], Foreign]
"""Unpacked body, Content-Type without parameters, ?app= of the URL, ms since 1970 UTC of its arrival. Raises BadBeacon."""


class Visit(NamedTuple):
    """Whose events they are."""

    app: str
    session: str
    release: str
    env: str
    device: Device


def route(address: str) -> str:
    """Host and path template of an address; "" for what is none.

    >>> route("https://shop.test/api/orders/4711?token=x")
    'shop.test/api/orders/:id'
    """
    host, path = host_and_path(address)
    return (host + template(path))[:200]


def page(address: str) -> str:
    """The path template that a page is known by; "" for what is not an address."""
    _, path = host_and_path(address)
    return template(path or "/") if address else ""


def app_name(body: str, url: str) -> str:
    """The site's name, by the URL or else by the body. Raises BadBeacon."""
    name = url or body
    if not name:
        raise BadBeacon(
            "bad_field",
            "the app has no name; it belongs into the agent's set-up, or into the URL as ?app=shop",
            "app",
        )
    if not _APP.fullmatch(name):
        raise BadBeacon(
            "bad_field",
            "the app's name has other than letters, digits, dots, hyphens and underscores, or is over 64 long; "
            "the URL can give another, as ?app=shop",
            "app",
        )
    return name


def made(kind: str, **fields: Any) -> AnyEvent:
    """An event of `kind`. Raises msgspec.ValidationError."""
    cut = {name: value[: _longest(kind, name)] if isinstance(value, str) else value for name, value in fields.items()}
    return cast("AnyEvent", msgspec.convert({"kind": kind, **cut}, KINDS[kind], strict=False))


def beacons(
    visit: Visit, body: bytes, events: Iterable[AnyEvent], now_ms: int, left_out: Counter[str]
) -> Iterator[Beacon]:
    """`events` in beacons of the size that is taken. Their ids come from the body, so that a retry has the same."""
    kept = []
    for event in events:
        if abs(event.client_ts - now_ms) > limits.AGE_MS:
            left_out["event_time"] += 1
        else:
            kept.append(event)
    once = hashlib.blake2b(body, digest_size=16).hexdigest()
    for i in range(0, len(kept), MAX_EVENTS):
        yield Beacon(
            beacon_id=uuid5(NAMESPACE, f"{once} {visit.session} {i}"),
            app=visit.app,
            session_id=uuid5(NAMESPACE, f"{visit.app} {visit.session}"),
            sent_ts=now_ms,
            release=visit.release[:64],
            env=visit.env[:64],
            device=visit.device,
            events=kept[i : i + MAX_EVENTS],
        )


def event_id(visit: Visit, *what: object) -> UUID:
    """The id of one event: the same whenever the same is said of it."""
    return uuid5(NAMESPACE, f"{visit.app} {visit.session} " + " ".join(map(str, what)))


def _longest(kind: str, name: str) -> int | None:
    return _lengths(kind).get(name)


@cache
def _lengths(kind: str) -> dict[str, int]:
    schema = msgspec.json.schema(KINDS[kind])
    (found,) = (one for one in schema["$defs"].values() if "properties" in one)
    return {name: field["maxLength"] for name, field in found["properties"].items() if "maxLength" in field}
