"""The notification of a surge, in words and as data. No person, visit or address is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from collector.correlate import Surge
from collector.surges.find import Found
from collector.surges.wording import VERDICT_WORDS, describe, lower_first

NAMESPACE = UUID("0d5b6c0a-9b0f-4f0e-a1d3-6f1f6c3a2b77")
WITHDRAWN = "withdrawn"
"""Sent as a verdict: there was no surge after all."""


class Message(NamedTuple):
    """One message, the same over every channel."""

    message_id: UUID
    """The same when it is sent again, so that a receiver can ignore repeats."""
    surge_id: UUID
    subject: str
    text: str
    payload: dict[str, Any]
    """As Standard Webhooks frames it: type, timestamp, data."""


def message(
    surge_id: UUID, surge: Surge, found: Found, *, before: str, withdrawn: bool, link: str, number: int
) -> Message:
    """The notification of `surge`; `before`: the verdict sent last, "" at first; `number`: how many were sent of it."""
    verdict = WITHDRAWN if withdrawn else surge.verdict
    story = describe(surge, found._replace(examples={}))
    app = found.app
    where = link.replace("{app}", app).replace("{surge_id}", str(surge_id))
    if withdrawn:
        subject = f"{app}: contact surge withdrawn"
        lines = ["Later data showed that contacts were as usual. " + story.details[0]]
    else:
        subject = f"{app}: {story.headline.rstrip('.')}" if not before else f"{app}: new verdict on a contact surge"
        lines = [f"{story.headline} {story.verdict}"]
        if before:
            lines.append(f"The previous verdict was: {_verdict(before)}.")
        lines += ["", *(f"- {detail}" for detail in story.details)]
        lines += ["", *(f"{symbol} {cause}: {state}. {reason}" for symbol, cause, state, reason in story.rivals)]
    lines += ["", where or f"More: snag contacts surges --app {app}"]
    data = {
        "app": app,
        "surge_id": str(surge_id),
        "verdict": verdict,
        "verdict_before": before or None,
        "start_ts": _iso(surge.start),
        "end_ts": _iso(surge.end),
        "detected_ts": _iso(surge.detected_at),
        "observed": surge.observed,
        "expected": surge.expected,
        "extra": surge.extra,
        "extra_low": surge.extra_low,
        "extra_high": surge.extra_high,
        "follows": [key["key"] for key in surge.keys],
        "lag_s": surge.lag_s,
        "p": surge.p,
        "q": surge.q,
        "attributed": surge.attributed,
        "confidence": surge.confidence,
        "headline": story.headline,
        "text": "\n".join(lines),
        "link": where or None,
    }
    payload = {"type": "contact_surge.judged", "timestamp": _iso(surge.end), "data": data}
    message_id = uuid5(NAMESPACE, f"{surge_id} {verdict} {number}")
    return Message(message_id, surge_id, subject, "\n".join(lines), payload)


def trial(now: datetime) -> Message:
    """What `snag notify test` sends."""
    text = (
        "This is a test of Snagwatch. Support leads are notified here when contacts surge, and whether the site is why."
    )
    payload = {"type": "test", "timestamp": now.isoformat(), "data": {"text": text}}
    test_id = uuid5(NAMESPACE, now.isoformat())
    return Message(test_id, test_id, "Snagwatch: test", text, payload)


def _verdict(name: str) -> str:
    if name == WITHDRAWN:
        return "there was no surge"
    return lower_first(VERDICT_WORDS.get(name, name))


def _iso(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat().replace("+00:00", "Z")
