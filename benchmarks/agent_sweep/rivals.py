"""What other products' SDKs report, in our words: each as its maker's servers would count it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple


class Report(NamedTuple):
    """One report of a visit."""

    kind: str
    at: float
    """ms since 1970"""
    about: str


RAGE_CLICKS = 3


def datadog(body: str) -> Iterator[Report]:
    """Lines of JSON: actions with their frustrations, and errors."""
    for one in _lines(body):
        at = one.get("date", 0)
        if one.get("type") == "action":
            action = one["action"]
            for kind in action.get("frustration", {}).get("type", []):
                yield Report(kind, at, str(action.get("target", {}).get("name", "")))
        elif one.get("type") == "error" and one["error"].get("source") != "network":
            yield Report("page_error", at, str(one["error"].get("message", "")))


_POSTHOG = {"$rageclick": "rage_click", "$dead_click": "dead_click", "$exception": "page_error"}


def posthog(body: str) -> Iterator[Report]:
    """One event, or several."""
    try:
        found = json.loads(body)
    except ValueError:
        return
    for one in found.get("batch", [found]) if isinstance(found, dict) else found:
        kind = _POSTHOG.get(one.get("event", ""))
        if kind:
            at = datetime.fromisoformat(one["timestamp"]).timestamp() * 1000 if one.get("timestamp") else 0
            yield Report(kind, at, str(one.get("properties", {}).get("$el_text", "")))


def sentry(body: str) -> Iterator[Report]:
    """An envelope: lines of JSON, of which a recording is a list with the clicks that were slow or dead in it."""
    for one in _lines(body):
        if isinstance(one, dict) and "exception" in one:
            yield Report("page_error", 1000 * one.get("timestamp", 0), str(one["exception"])[:80])
        for entry in one if isinstance(one, list) else []:
            payload = (entry.get("data") or {}).get("payload") if isinstance(entry, dict) else None
            if not isinstance(payload, dict) or payload.get("category") != "ui.slowClickDetected":
                continue
            data = payload["data"]
            at = 1000 * payload.get("timestamp", 0)
            if data.get("endReason") == "timeout":
                yield Report("dead_click", at, str(payload.get("message", "")))
                if data.get("clickCount", 0) >= RAGE_CLICKS:
                    yield Report("rage_click", at, str(payload.get("message", "")))
            else:
                yield Report("slow_step", at, str(payload.get("message", "")))


RIVALS: dict[str, Callable[[str], Iterator[Report]]] = {"datadog": datadog, "posthog": posthog, "sentry": sentry}
HAS = {
    "datadog": {"rage_click", "dead_click", "error_click"},
    "posthog": {"rage_click", "dead_click"},
    "sentry": {"rage_click", "dead_click", "slow_step"},
}
"""Kinds that each of them reports at all, of those that are asked for."""


def _lines(body: str) -> Iterator[Any]:
    for line in body.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue
