"""One seeded corpus of beacons, and the same events as OTLP logs."""

from __future__ import annotations

import json
import random
import time
import uuid

KINDS = ("page_view", "rage_click", "dead_click", "page_error", "web_vital", "resource_timing")
WEIGHTS = (2, 1, 1, 1, 3, 4)
PAGES = ("/", "/product", "/cart", "/checkout/pay", "/account/orders")


def beacons(number: int, events: int, seed: int) -> list[dict]:
    """`number` beacons of `events` events each, as an agent sends them now."""
    chance = random.Random(seed)
    now = int(time.time() * 1000)
    return [_beacon(chance, events, now) for _ in range(number)]


def mixed(number: int, seed: int) -> list[dict]:
    """Nine small ones of 6 events for each large one of 30."""
    return [one for i in range(number) for one in beacons(1, 30 if i % 10 == 0 else 6, seed + i)]


def bodies(of: list[dict]) -> list[bytes]:
    return [json.dumps(one, separators=(",", ":")).encode() for one in of]


def otlp(of: list[dict]) -> list[bytes]:
    """The same events as OTLP JSON logs, one record each with the event's fields as attributes."""
    return [json.dumps(_otlp(one), separators=(",", ":")).encode() for one in of]


def _beacon(chance: random.Random, events: int, now: int) -> dict:
    return {
        "beacon_id": _id(chance),
        "app": "shop",
        "session_id": _id(chance),
        "sent_ts": now,
        "events": [_event(chance, now) for _ in range(events)],
        "env": "production",
        "release": "2.4.1",
        "traffic_source": "rum",
        "consent": "measurement",
        "device": "phone",
        "agent": "0.1.0",
    }


def _event(chance: random.Random, now: int) -> dict:
    kind = chance.choices(KINDS, WEIGHTS)[0]
    event = {
        "kind": kind,
        "event_id": _id(chance),
        "client_ts": now - chance.randrange(10_000),
        "view_id": _id(chance),
        "page_group": chance.choice(PAGES),
    }
    match kind:
        case "web_vital":
            event |= {
                "metric": chance.choice(("LCP", "INP", "TTFB")),
                "value": round(chance.uniform(10, 4000), 1),
            }
        case "resource_timing":
            event |= {
                "initiator": "fetch",
                "route": "shop.example/api/basket",
                "status": 200,
                "duration_ms": chance.randrange(900),
                "ttfb_ms": chance.randrange(90),
            }
        case "rage_click" | "dead_click":
            event |= {
                "target": "main > form > button.pay",
                "target_name": "Pay",
                "repeat_count": chance.randint(1, 6),
            }
        case "page_error":
            event |= {
                "error_source": "script",
                "error_type": "TypeError",
                "error_place": "app.js:120",
                "error_message": "cannot read properties of undefined",
                "first_party": True,
            }
    return event


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128)))


def _otlp(one: dict) -> dict:
    resource = [_attribute(k, one[k]) for k in ("app", "env", "release", "session_id", "consent", "device")]
    records = [
        {
            "timeUnixNano": str(e["client_ts"] * 1_000_000),
            "body": {"stringValue": e["kind"]},
            "attributes": [_attribute(k, v) for k, v in e.items()],
        }
        for e in one["events"]
    ]
    return {"resourceLogs": [{"resource": {"attributes": resource}, "scopeLogs": [{"logRecords": records}]}]}


def _attribute(key: str, value: object) -> dict:
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue"}.get(type(value), "stringValue")
    return {"key": key, "value": {kind: str(value) if kind == "intValue" else value}}
