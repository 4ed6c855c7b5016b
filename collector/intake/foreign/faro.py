"""Beacons of the Grafana Faro web SDK (meta, events, exceptions, measurements, logs), as of its version 2.12.

Read as what a page sends: a field of the wrong type leaves out its event, and only what is not Faro at all refuses the body.
Who the user is (meta.user), logs, traces and unknown fields are never looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from collector.events import AnyEvent, Device
from collector.intake.decode import BadBeacon
from collector.intake.foreign.beacons import (
    Foreign,
    Visit,
    app_name,
    beacons,
    event_id,
    made,
    page,
    route,
)
from collector.scrub import first_party, scrub

VITALS = {"ttfb": "TTFB", "fcp": "FCP", "lcp": "LCP", "cls": "CLS", "inp": "INP"}
INITIATORS = {
    "fetch": "fetch",
    "xmlhttprequest": "xhr",
    "script": "script",
    "css": "style",
    "link": "style",
    "img": "image",
}
HELP = ("help_opened", "help_search", "contact_opened")
"""Events of the site's own, by api.pushEvent, that are named as in our vocabulary."""

SAID_BY_CONSOLE = "console.error: "
FAILED = 500
"""A request that a user's action made and the server failed. Below it may be an ordinary answer."""

Said = Mapping[str, Any]


def read(body: bytes, content_type: str, app: str, now_ms: int) -> Foreign:
    """Raises BadBeacon."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBeacon("not_json", f"the body is not JSON: {error}") from None
    meta = _table(found, "meta") if isinstance(found, dict) else {}
    if not meta:
        raise BadBeacon("bad_field", "this is no body of the Faro web SDK: it has no meta", "meta")
    visit = _visit(meta, app)
    address = _text(_table(meta, "page"), "url")
    left_out: Counter[str] = Counter()
    left_out["unjudged"] += len(_list(found, "logs"))
    events: list[AnyEvent] = []
    for name, tell in _TELLERS.items():
        for said in _list(found, name):
            try:
                told = list(tell(visit, said, address))
            except (msgspec.ValidationError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
                left_out["bad_field"] += 1
                continue
            events += told
            left_out["unjudged"] += not told
    return Foreign(list(beacons(visit, body, events, now_ms, left_out)), +left_out)


def _visit(meta: Said, app: str) -> Visit:
    known = _table(meta, "app")
    session = _text(_table(meta, "session"), "id")
    if not session:
        raise BadBeacon(
            "bad_field",
            "meta.session.id is missing: Faro's session tracking must be on to tell visits apart",
            "meta.session.id",
        )
    device: Device = "phone" if _table(meta, "browser").get("mobile") is True else "unknown"
    release = _text(known, "version") or _text(known, "release")
    return Visit(app_name(_text(known, "name"), app), session[:200], release, _text(known, "environment"), device)


def _exception(visit: Visit, said: Said, address: str) -> Iterator[AnyEvent]:
    message, kind = _text(said, "value"), _text(said, "type")
    if message.startswith(SAID_BY_CONSOLE):
        return  # somebody wrote to the console: nobody met an error
    frames = _list(_table(said, "stacktrace"), "frames")
    frame: Said = frames[0] if frames and isinstance(frames[0], dict) else {}
    file = _text(frame, "filename")
    where = f"{route(file)}:{frame.get('lineno', 0)}:{frame.get('colno', 0)}" if route(file) else ""
    at = _at(said)
    yield made(
        "page_error",
        event_id=event_id(visit, "exception", at, kind, message, where),
        client_ts=at,
        page_group=page(address),
        error_type=kind,
        error_message=scrub(message),
        error_place=where,
        error_source="promise" if kind == "UnhandledRejection" else "script",
        first_party=first_party(file, address) and "-extension:" not in file,
    )


def _measurement(visit: Visit, said: Said, address: str) -> Iterator[AnyEvent]:
    if said["type"] != "web-vitals":
        return
    for name, value in _table(said, "values").items():
        if name in VITALS:
            at = _at(said)
            yield made(
                "web_vital",
                event_id=event_id(visit, "vital", name, at, value),
                client_ts=at,
                page_group=page(address),
                metric=VITALS[name],
                value=value,
            )


def _event(visit: Visit, said: Said, address: str) -> Iterator[AnyEvent]:
    name, attributes, at = _text(said, "name"), _table(said, "attributes"), _at(said)

    def one(kind: str, where: str = address, **fields: Any) -> AnyEvent:
        ident = event_id(visit, kind, name, at, *sorted(attributes.items()))
        return made(kind, event_id=ident, client_ts=at, page_group=page(where), **fields)

    if name == "faro.performance.navigation":
        where = _text(attributes, "name") or address
        yield one("page_view", where)
        yield one("resource_timing", where, initiator="document", **_timing(attributes))
        if (status := _number(attributes, "responseStatus")) >= 400:
            yield one("error_page", where, status=status)
    elif name == "faro.navigation" and _text(attributes, "type") != "replace":
        if page(to := _text(attributes, "toUrl")) != page(_text(attributes, "fromUrl")):
            yield one("page_view", to or address)
    elif name == "faro.performance.resource":
        timing = _timing(attributes)
        yield one("resource_timing", initiator=INITIATORS.get(_text(attributes, "initiatorType"), "other"), **timing)
        if (action := _table(said, "action")) and _asked(attributes) and timing["status"] >= FAILED:
            yield one(
                "failed_action",
                route=timing["route"],
                status=timing["status"],
                duration_ms=timing["duration_ms"],
                target_name=_text(action, "name"),
                first_party=first_party(_text(attributes, "name"), address),
            )
    elif name == "securitypolicyviolation":
        blocked = _text(attributes, "blockedURI")
        yield one(
            "page_error",
            error_source="csp",
            error_type=_text(attributes, "effectiveDirective"),
            error_place=route(blocked) or blocked[:40],
            first_party=first_party(blocked, address),
        )
    elif name in HELP:
        yield one(name)


_TELLERS: dict[str, Callable[[Visit, Said, str], Iterator[AnyEvent]]] = {
    "events": _event,
    "exceptions": _exception,
    "measurements": _measurement,
}


def _timing(attributes: Said) -> dict[str, Any]:
    return {
        "route": route(_text(attributes, "name")),
        "status": _number(attributes, "responseStatus"),
        "duration_ms": _number(attributes, "duration"),
        "ttfb_ms": _number(attributes, "ttfb"),
    }


def _asked(attributes: Said) -> bool:
    return _text(attributes, "initiatorType") in ("fetch", "xmlhttprequest")


def _at(said: Said) -> int:
    return round(datetime.fromisoformat(said["timestamp"]).timestamp() * 1000)


def _table(found: Said, name: str) -> Said:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _list(found: Said, name: str) -> list[Any]:
    value = found.get(name)
    return value if isinstance(value, list) else []


def _text(found: Said, name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _number(found: Said, name: str) -> int:
    """A number as Faro writes it, in a text; 0 for "unknown"."""
    try:
        return max(0, round(float(found.get(name) or 0)))
    except (ValueError, OverflowError):
        return 0
