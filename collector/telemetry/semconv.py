"""How our vocabulary is called in OpenTelemetry: the one place, and versioned, since its words for browsers still change.

Version 1 of the mapping; names of semantic conventions 1.44 (browser.*, app.*, session.*, all in development). There is none
for friction: that is `snag.*`. A value that says nothing (0, "", False) is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION = 1
SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"

EVENT_NAMES = {"web_vital": "browser.web_vital", "page_error": "exception"}
"""Kinds that have a name there; every other kind is `snag.` and its own."""

ATTRIBUTES = {
    "page_group": "url.template",
    "view_id": "app.screen.id",
    "target": "app.widget.id",
    "target_name": "app.widget.name",
    "error_type": "exception.type",
    "error_message": "exception.message",
    "status": "http.response.status_code",
    "metric": "browser.web_vital.name",
    "value": "browser.web_vital.value",
}
"""Fields that have a name there; every other field is `snag.` and its own."""

OF_BEACON = {
    "session_id": "session.id",
    "release": "service.version",
    "env": "deployment.environment.name",
    "app": "snag.app",
    "device": "snag.device",
    "traffic_source": "snag.traffic_source",
}

SYNTHETIC = "user_agent.synthetic.type"
LEFT_OUT = frozenset(("kind", "client_ts", "revision"))
"""What the record has in a place of its own, or means nothing outside."""

_NOTHING = ("", 0, False, None, "00000000-0000-0000-0000-000000000000")


def event_name(kind: str) -> str:
    """What an event of `kind` is called.

    >>> event_name("web_vital"), event_name("rage_click")
    ('browser.web_vital', 'snag.rage_click')
    """
    return EVENT_NAMES.get(kind, f"snag.{kind}")


def attributes(event: Mapping[str, Any], beacon: Mapping[str, Any], *, is_bot: bool = False) -> dict[str, Any]:
    """The attributes of one event, given as plain values by our names, of a beacon given the same way."""
    found: dict[str, Any] = {
        ATTRIBUTES.get(name, f"snag.{name}"): value
        for name, value in event.items()
        if name not in LEFT_OUT and (value not in _NOTHING or name == "value")
    }
    found |= {theirs: beacon[ours] for ours, theirs in OF_BEACON.items() if beacon.get(ours) not in _NOTHING}
    if event.get("metric"):
        found["browser.web_vital.name"] = str(event["metric"]).lower()
    if beacon.get("traffic_source") == "synthetic":
        found[SYNTHETIC] = "test"
    elif is_bot:
        found[SYNTHETIC] = "bot"
    return found
