"""Decodes beacons. No I/O here, so every rule is testable with a literal."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta

import msgspec

from collector.events import KINDS, AnyEvent, Beacon, Edge, Event, Queued
from collector.intake import limits

_decoder = msgspec.json.Decoder(Beacon)
_encoder = msgspec.json.Encoder()
_APP = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LISTS: dict[type[Event], str] = {cls: cls.table.partition(".")[2] for cls in KINDS.values()}
"""The field of Queued for each kind of event."""


class BadBeacon(ValueError):
    """A body that is not a valid beacon. The message names the event and field for its sender; `reason` is for
    counting, `place` for the log: neither holds anything that the sender wrote."""

    def __init__(self, reason: str, message: str, place: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.place = place


def decode(body: bytes, app: str = "") -> Beacon:
    """Decode one body; `app` is the site's name if the URL has it.

    The whole beacon is taken or refused: a half-taken beacon would undercount friction without a trace.

    Raises BadBeacon, whose message names the place (`events[2].repeat_count`).
    """
    if len(body) > limits.UNPACKED_BYTES:
        raise BadBeacon("too_large", f"body: {len(body)} bytes; expected at most {limits.UNPACKED_BYTES}")
    try:
        beacon = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _explain(str(error), body) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBeacon("not_json", f"beacon: not valid JSON ({error})") from None
    if not beacon.app or (app and app != beacon.app):
        _name(beacon, app)
    earliest, latest = beacon.sent_ts - limits.AGE_MS, beacon.sent_ts + limits.AGE_MS
    for i, event in enumerate(beacon.events):
        if not earliest <= event.client_ts <= latest:
            raise BadBeacon("event_time", _far(i, event.client_ts, beacon.sent_ts), f"events[{i}].client_ts")
    return beacon


def _name(beacon: Beacon, app: str) -> None:
    """Set the site's name by the body or the URL."""
    if not app and not beacon.app:
        raise BadBeacon("bad_field", "app: missing; expected in the body, or in the URL as ?app=shop", "app")
    if not beacon.app:
        if not _APP.fullmatch(app):
            raise BadBeacon(
                "bad_field",
                "?app=: not a valid app; expected up to 64 letters, digits, dots, hyphens and underscores",
                "app",
            )
        beacon.app = app
    elif app:
        raise BadBeacon("bad_field", "app: different in the URL and the body; expected the same", "app")


def queued(beacon: Beacon, edge: Edge) -> bytes:
    """Return the payload that waits in the queue (`collector.events.Queued`), with a newline.

    Serialised again: what was understood is what is stored, not keys sent twice or spellings that another parser takes
    for something else.
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
    return _encoder.encode(line) + b"\n"


def skew_ms(sent_ts: int, received_ts: int) -> int:
    """Return how far the visitor's clock is behind ours, ms; 0 if the network explains it.

    >>> skew_ms(sent_ts=3_000, received_ts=3_200)
    0
    >>> skew_ms(sent_ts=3_000, received_ts=63_000)
    60000
    """
    skew = received_ts - sent_ts
    return skew if abs(skew) > limits.CLOCK_TOLERANCE_MS else 0


def _explain(message: str, body: bytes) -> BadBeacon:
    """Reword msgspec's message: place, value, what was expected."""
    what, _, path = message.partition(" - at ")
    place = path.strip("`").removeprefix("$").removeprefix(".") or "beacon"
    if unknown := re.match(r"Invalid value '(.*)'\Z", what, re.DOTALL):
        met = unknown[1][:60]
        if place.endswith(".kind"):
            near = difflib.get_close_matches(met, KINDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(KINDS)}"
            return BadBeacon("unknown_kind", f"{place}: '{met}' is not a kind of event; {hint}", place)
        return BadBeacon("bad_field", f"{place}: '{met}' is not a valid value", place)
    if "matching regex" in what:
        return BadBeacon(
            "bad_field", f"{place}: not a valid name; expected letters, digits, dots, hyphens and underscores", place
        )
    what = what.replace("`", "")
    if place == "beacon" and body.lstrip()[:1] != b"{":
        return BadBeacon(
            "bad_field", f"beacon: {what.partition('got ')[2]}; expected an object with a list `events`", place
        )
    return BadBeacon("bad_field", f"{place}: {what[0].lower()}{what[1:]}", place)


def _far(i: int, client_ts: int, sent_ts: int) -> str:
    hours = abs(client_ts - sent_ts) / 3_600_000
    side = "before" if client_ts < sent_ts else "after"
    return (
        f"events[{i}].client_ts: {_iso(client_ts)} is {hours:.1f} hours {side} the beacon's sent_ts {_iso(sent_ts)}; "
        f"expected at most {limits.AGE_MS // 3_600_000} hours"
    )


def _iso(ts: int) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ts)).isoformat(timespec="seconds")
