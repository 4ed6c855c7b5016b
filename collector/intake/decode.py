"""Beacon bytes to a beacon. No I/O here, so every rule is testable with a literal."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta

import msgspec

from collector.events import KINDS, AnyEvent, Beacon, Edge, Event, Queued

MAX_BYTES = 256 * 1024
"""Unpacked: 200 events with every field at its longest do not come near it."""

MAX_AGE_MS = 24 * 3600 * 1000
"""An agent keeps what it could not send for a day; older than that is not a late event but a broken one."""

CLOCK_TOLERANCE_MS = 2000
"""Below it the difference between sending and receiving is the network; above it the visitor's clock is wrong."""

UNTRACED = b'{"type":"beacon",'
TRACED = b'{"type":"beacon","trace":"%s",'
"""How a queued beacon begins, without and with the trace that it came in."""

_decoder = msgspec.json.Decoder(Beacon)
_encoder = msgspec.json.Encoder()
_APP = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LISTS: dict[type[Event], str] = {cls: cls.table.partition(".")[2] for cls in KINDS.values()}
"""The field of Queued that takes each kind of event."""


class BadBeacon(ValueError):
    """A beacon that no agent of ours would send. Says which event and field, and why, for its sender; `reason` is for
    counting, `place` for the log: nothing that the sender wrote is in them."""

    def __init__(self, reason: str, message: str, place: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.place = place


def decode(body: bytes, app: str = "") -> Beacon:
    """Turn one body into its beacon; `app` is the site's name where the URL has it.

    The whole beacon is taken or refused: a half-taken beacon would undercount friction without a trace.

    Raises BadBeacon, whose message names the place (`events[2].repeat_count`).
    """
    if len(body) > MAX_BYTES:
        raise BadBeacon("too_large", too_large(len(body)))
    try:
        beacon = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _explain(str(error), body) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBeacon("not_json", f"beacon is not JSON: {error}") from None
    if not beacon.app or (app and app != beacon.app):
        _name(beacon, app)
    earliest, latest = beacon.sent_ts - MAX_AGE_MS, beacon.sent_ts + MAX_AGE_MS
    for i, event in enumerate(beacon.events):
        if not earliest <= event.client_ts <= latest:
            raise BadBeacon("event_time", _far(i, event.client_ts, beacon.sent_ts), f"events[{i}].client_ts")
    return beacon


def _name(beacon: Beacon, app: str) -> None:
    """Settle what the body and the URL say of the site."""
    if not app and not beacon.app:
        raise BadBeacon("bad_field", "app is missing; it belongs into the body, or into the URL as ?app=shop", "app")
    if not beacon.app:
        if not _APP.fullmatch(app):
            raise BadBeacon(
                "bad_field",
                "?app=: only letters, digits, dots, hyphens and underscores are allowed, at most 64",
                "app",
            )
        beacon.app = app
    elif app:
        raise BadBeacon("bad_field", "app is one name in the URL and another in the body", "app")


def queued(beacon: Beacon, edge: Edge, trace: str = "") -> bytes:
    """The line that waits in the queue (`collector.events.Queued`), written anew: what was understood is what is kept,
    not keys sent twice or spellings that another parser takes for something else.

    `trace`: W3C traceparent of what became of it until now; it waits with it, and the store never sees it.
    """
    by_table: dict[str, list[AnyEvent]] = {}
    for event in beacon.events:
        name = _LISTS[type(event)]
        if name in by_table:
            by_table[name].append(event)
        else:
            by_table[name] = [event]
    line = Queued(
        received_ts=edge.received_ts,
        skew_ms=edge.skew_ms,
        country=edge.country,
        browser_family=edge.browser_family,
        is_bot=edge.is_bot,
        app=beacon.app,
        env=beacon.env,
        release=beacon.release,
        traffic_source=beacon.traffic_source,
        consent=beacon.consent,
        device=beacon.device,
        session_id=beacon.session_id,
        run_id=beacon.run_id,
        sample_rate=beacon.sample_rate,
        **by_table,
    )
    written = _encoder.encode(line) + b"\n"
    return TRACED % trace.encode() + written[len(UNTRACED) :] if trace else written


def skew_ms(sent_ts: int, received_ts: int) -> int:
    """What the visitor's clock is behind ours, ms; 0 where the network explains it.

    >>> skew_ms(sent_ts=3_000, received_ts=3_200)
    0
    >>> skew_ms(sent_ts=3_000, received_ts=63_000)
    60000
    """
    skew = received_ts - sent_ts
    return skew if abs(skew) > CLOCK_TOLERANCE_MS else 0


def too_large(size: int | str) -> str:
    """What a sender of too much is told."""
    return f"beacon is {size} bytes unpacked, more than the {MAX_BYTES} that are taken"


def _explain(message: str, body: bytes) -> BadBeacon:
    """msgspec's message in our order: the place, what stands there, what would be right."""
    what, _, path = message.partition(" - at ")
    place = path.strip("`").removeprefix("$").removeprefix(".") or "beacon"
    if unknown := re.match(r"Invalid value '(.*)'\Z", what, re.DOTALL):
        met = unknown[1][:60]
        if place.endswith(".kind"):
            near = difflib.get_close_matches(met, KINDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known kinds: {', '.join(KINDS)}"
            return BadBeacon("unknown_kind", f"{place} is '{met}', which is no kind of event; {hint}", place)
        return BadBeacon("bad_field", f"{place} is '{met}', which is not one of its values", place)
    if "matching regex" in what:
        return BadBeacon(
            "bad_field", f"{place}: only letters, digits, dots, hyphens and underscores are allowed", place
        )
    what = what.replace("`", "")
    if place == "beacon" and body.lstrip()[:1] != b"{":
        return BadBeacon(
            "bad_field", f"beacon is {what.partition('got ')[2]}, not an object with a list `events`", place
        )
    return BadBeacon("bad_field", f"{place}: {what[0].lower()}{what[1:]}", place)


def _far(i: int, client_ts: int, sent_ts: int) -> str:
    hours = abs(client_ts - sent_ts) / 3_600_000
    side = "before" if client_ts < sent_ts else "after"
    return (
        f"events[{i}].client_ts is {_iso(client_ts)}, {hours:.1f} hours {side} the beacon's sent_ts {_iso(sent_ts)}; "
        "an event may be at most 24 hours from the sending of its beacon"
    )


def _iso(ts: int) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ts)).isoformat(timespec="seconds")
