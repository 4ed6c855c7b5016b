"""What support leads are told of a surge, in words and as data. No person, visit or address is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from collector.correlate import Surge
from collector.surges.find import Found
from collector.surges.wording import VERDICT_WORDS, tell

NAMESPACE = UUID("0d5b6c0a-9b0f-4f0e-a1d3-6f1f6c3a2b77")
WITHDRAWN = "withdrawn"
"""Told as a verdict: there was no surge after all."""


class Message(NamedTuple):
    """One message, the same over every channel."""

    message_id: UUID
    """The same when it is sent again, so that who got it twice can tell."""
    surge_id: UUID
    subject: str
    text: str
    payload: dict[str, Any]
    """As Standard Webhooks frames it: type, timestamp, data."""


def message(
    surge_id: UUID, surge: Surge, found: Found, *, before: str, withdrawn: bool, link: str, number: int
) -> Message:
    """Tell of `surge`; `before`: the verdict that was told last, "" at first; `number`: how many were told of it before."""
    verdict = WITHDRAWN if withdrawn else surge.verdict
    story = tell(surge, found._replace(examples={}))
    app = found.app
    where = link.replace("{app}", app).replace("{surge_id}", str(surge_id))
    if withdrawn:
        subject = f"{app}: the surge of contacts was none"
        lines = ["What came in later shows that contacts were as usual. " + story.details[0]]
    else:
        subject = f"{app}: {story.headline.rstrip('.')}" if not before else f"{app}: new verdict on a surge of contacts"
        lines = [f"{story.headline} {story.verdict}"]
        if before:
            lines.append(f"The verdict before was: {_verdict(before)}.")
        lines += ["", *(f"- {one}" for one in story.details)]
        lines += ["", *(f"{sign} {cause}: {state}. {reason}" for sign, cause, state, reason in story.rivals)]
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
    text = "This is a test of Snagwatch. Support leads are told here when contacts surge, and whether the site is why."
    payload = {"type": "test", "timestamp": now.isoformat(), "data": {"text": text}}
    one = uuid5(NAMESPACE, now.isoformat())
    return Message(one, one, "Snagwatch: a test", text, payload)


def _verdict(name: str) -> str:
    if name == WITHDRAWN:
        return "there was no surge"
    told = VERDICT_WORDS.get(name, name)
    return told[:1].lower() + told[1:]


def _iso(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat().replace("+00:00", "Z")
