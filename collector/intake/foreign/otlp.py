"""OpenTelemetry's logs over HTTP (OTLP 1.x, JSON or protobuf) with the events of browsers.

Names as in the semantic conventions for browsers, which are still in development: some fields stood in the body before they
became attributes, and both are read. A record that is no event of a browser stays out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from collector.events import AnyEvent
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
from collector.intake.foreign.faro import FAILED, HELP, INITIATORS
from collector.scrub import first_party, scrub

PROTOBUF = "application/x-protobuf"
VITALS = ("TTFB", "FCP", "LCP", "CLS", "INP")
DEEPEST = 8
"""Levels of nested values that are read."""

Values = Mapping[str, Any]


class Record(NamedTuple):
    """One log record, whichever way it was written."""

    name: str
    at_ms: int
    resource: Values
    attributes: Values
    """Those of the record, and fields of its body that are not among them."""


def read(body: bytes, content_type: str, app: str, now_ms: int) -> Foreign:
    """Raises BadBeacon."""
    records = list(_protobuf(body) if content_type == PROTOBUF else _json(body))
    left_out: Counter[str] = Counter()
    by_visit: dict[Visit, list[AnyEvent]] = defaultdict(list)
    for record in records:
        session = _first(record, "session.id")
        if not record.name:
            left_out["unjudged"] += 1
            continue
        if not session:
            left_out["no_session"] += 1
            continue
        visit = _visit(record, session, app)
        try:
            told = list(_tell(visit, record))
        except (msgspec.ValidationError, ValueError, TypeError, AttributeError, OverflowError):
            left_out["bad_field"] += 1
            continue
        by_visit[visit] += told
        left_out["unjudged"] += not told
    found = [one for visit, events in by_visit.items() for one in beacons(visit, body, events, now_ms, left_out)]
    return Foreign(found, +left_out)


def _visit(record: Record, session: str, app: str) -> Visit:
    env = _first(record, "deployment.environment.name") or _first(record, "deployment.environment")
    return Visit(
        app_name(_text(record.resource, "service.name"), app),
        session[:200],
        _text(record.resource, "service.version"),
        env,
        "phone" if (record.resource.get("browser.mobile") is True) else "unknown",
    )


def _tell(visit: Visit, record: Record) -> Iterator[AnyEvent]:
    name, known = record.name, record.attributes
    address = next(filter(None, (_first(record, one) for one in _PAGES)), "")
    group = _first(record, "url.template") or page(address)

    def one(kind: str, **fields: Any) -> AnyEvent:
        ident = event_id(visit, kind, record.at_ms, name, *sorted((k, str(v)) for k, v in known.items()))
        return made(kind, event_id=ident, client_ts=record.at_ms, page_group=group, **fields)

    if name in ("browser.page_view", "page_view") or (
        name == "browser.navigation" and known.get("browser.navigation.hash_change") is not True
    ):
        yield one("page_view")
    elif name == "browser.web_vital":
        metric = (_first(record, "browser.web_vital.name") or _text(known, "name")).upper()
        value = known.get("browser.web_vital.value", known.get("value"))
        if metric in VITALS:
            yield one("web_vital", metric=metric, value=value)
    elif name in ("exception", "browser.exception", "browser.error"):
        place = _text(known, "exception.file") or _text(known, "code.file.path")
        kind = _text(known, "exception.type")
        yield one(
            "page_error",
            error_type=kind,
            error_message=scrub(_text(known, "exception.message")),
            error_place=route(place),
            error_source="promise" if kind == "UnhandledRejection" else "script",
            first_party=first_party(place, address),
        )
    elif name == "browser.resource_timing":
        yield from _resource(record, one, address)
    elif name in HELP:
        yield one(name)


def _resource(record: Record, one: Any, page_address: str) -> Iterator[AnyEvent]:
    known = record.attributes
    target = _text(known, "url.full") or _text(known, "name")
    start, status = (
        _number(known, "fetchStart"),
        int(_number(known, "http.response.status_code", "responseStatus")),
    )
    initiator = INITIATORS.get(_text(known, "initiatorType"), "other")
    timing = {
        "route": route(target),
        "status": status,
        "duration_ms": max(0, round(_number(known, "responseEnd") - start)),
    }
    yield one(
        "resource_timing",
        initiator=initiator,
        ttfb_ms=max(0, round(_number(known, "responseStart") - start)),
        **timing,
    )
    if status >= FAILED and initiator in ("fetch", "xhr") and _text(known, "app.widget.id"):
        yield one(
            "failed_action",
            target=_text(known, "app.widget.id"),
            target_name=_text(known, "app.widget.name"),
            first_party=first_party(target, page_address),
            **timing,
        )


_PAGES = ("browser.document.url.full", "page.url", "url.full")
"""Where the visitor was; the newest spelling first."""


def _first(record: Record, name: str) -> str:
    return _text(record.attributes, name) or _text(record.resource, name)


def _text(found: Values, name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _number(found: Values, *names: str) -> float:
    value = next((found[name] for name in names if name in found), 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _record(name: str, at_ns: int, resource: Values, attributes: Values, body: Any) -> Record:
    inside = body if isinstance(body, dict) else {}
    known = {**inside, **attributes}
    return Record(name or _text(attributes, "event.name"), at_ns // 1_000_000, resource, known)


def _json(body: bytes) -> Iterator[Record]:
    try:
        found = msgspec.json.decode(body)
        resources = found["resourceLogs"]
        for one in resources:
            resource = _pairs(one.get("resource", {}).get("attributes", ()))
            for scope in one.get("scopeLogs", ()):
                for said in scope.get("logRecords", ()):
                    at = int(said.get("timeUnixNano") or said.get("observedTimeUnixNano") or 0)
                    name = said.get("eventName") or ""
                    attributes = _pairs(said.get("attributes", ()))
                    yield _record(name, at, resource, attributes, _value(said.get("body") or {}))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBeacon("not_json", f"the body is not JSON: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadBeacon(
            "bad_field", "this is no ExportLogsServiceRequest of OTLP: resourceLogs", "resourceLogs"
        ) from None


def _pairs(found: Any) -> dict[str, Any]:
    return {str(one["key"]): _value(one.get("value") or {}) for one in found}


def _value(found: Any, depth: int = 0) -> Any:
    """A value as OTLP writes it in JSON: {"stringValue": "x"}; whole numbers are texts there."""
    for kind, value in found.items():
        if kind in ("stringValue", "boolValue", "doubleValue"):
            return value
        if kind == "intValue":
            return int(value)
        if kind == "kvlistValue" and depth < DEEPEST:
            return {one["key"]: _value(one.get("value") or {}, depth + 1) for one in value.get("values", ())}
    return None


def _protobuf(body: bytes) -> Iterator[Record]:
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    request = ExportLogsServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise BadBeacon("bad_field", "this is no ExportLogsServiceRequest of OTLP in protobuf") from None
    for one in request.resource_logs:
        resource = {pair.key: _plain(pair.value) for pair in one.resource.attributes}
        for scope in one.scope_logs:
            for said in scope.log_records:
                at = said.time_unix_nano or said.observed_time_unix_nano
                attributes = {pair.key: _plain(pair.value) for pair in said.attributes}
                yield _record(said.event_name, at, resource, attributes, _plain(said.body))


def _plain(value: Any, depth: int = 0) -> Any:
    kind = value.WhichOneof("value")
    if kind in ("string_value", "bool_value", "double_value", "int_value"):
        return getattr(value, kind)
    if kind == "kvlist_value" and depth < DEEPEST:
        return {pair.key: _plain(pair.value, depth + 1) for pair in value.kvlist_value.values}
    return None
