"""What customers answered: NPS, CSAT and CES with the scale that they were asked on. No I/O."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from collector.contacts.schema import (
    VERSIONS_PER_MS,
    Door,
    Record,
    Refusal,
    flag,
    plain,
    read_id,
    read_ref,
)
from collector.contacts.schema import read_text as text
from collector.contacts.schema import read_time as time
from collector.contacts.vocabulary import SAME_CHANNEL
from collector.privacy.redact import redact
from collector.store.support import SurveyResponse


class Scale(NamedTuple):
    """From where to where answers go."""

    low: int
    high: int


METRICS = ("nps", "csat", "ces", "task_success", "other")
USUAL = {"nps": Scale(0, 10), "csat": Scale(1, 5), "ces": Scale(1, 7), "task_success": Scale(0, 1)}
"""The scale of a metric where nothing is said: Reichheld 2003; 1 to 5; CES 2.0 (2013), 1 to 7; solved or not."""

TYPES = ("unknown", "relational", "transactional")
TEXTS = (
    "question_version",
    "touchpoint",
    "app",
    "page_group",
    "journey",
    "release",
    "language",
    "contact_source",
)

REQUIRED = ("source_response_id", "metric", "score")
FIELDS = (
    *REQUIRED, "answered_ts", "asked_ts", "updated_ts", "is_deleted", "scale_min", "scale_max", "higher_is_better",
    "survey_type", "channel", "source_contact_id", "requester_id", "session_ref", "weight", *TEXTS,
)  # fmt: skip


def survey(record: Record, door: Door) -> SurveyResponse:
    """One answer. An empty score is a question that was asked and not answered. Raises Refusal."""
    metric = plain(text(record.get("metric"), "metric"))
    if metric not in METRICS:
        raise Refusal("metric", f"metric is '{metric[:40]}'; known are {', '.join(METRICS)}")
    scale = _scale(record, metric)
    score = _score(record.get("score"), scale)
    answered = _when(record, "answered_ts", door)
    asked = _when(record, "asked_ts", door)
    if score is not None and answered is None:
        raise Refusal("time", "answered_ts is empty; every answer needs the time at which it was given")
    if answered is None and asked is None:
        raise Refusal("time", "asked_ts and answered_ts are empty; expected when it was asked, or answered")
    updated = _when(record, "updated_ts", door)
    deleted = flag(record.get("is_deleted", 0), "is_deleted")
    kind = plain(text(record.get("survey_type") or "unknown", "survey_type"))
    if kind not in TYPES:
        raise Refusal("survey_type", f"survey_type is '{kind[:40]}'; known are {', '.join(TYPES)}")
    better = record.get("higher_is_better")
    raw = plain(text(record.get("channel"), "channel"))
    weight = record.get("weight") or 1
    if isinstance(weight, str):
        weight = _number(weight, "weight")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1e6:
        raise Refusal("weight", f"weight is {weight!r}; expected a number above 0")
    requester = record.get("requester_id")
    contact_id, ref = record.get("source_contact_id"), record.get("session_ref")
    return SurveyResponse(
        door.source,
        read_id(record.get("source_response_id"), "source_response_id"),
        (int(updated.timestamp() * 1000) if updated else door.now_ms) * VERSIONS_PER_MS + 1 + deleted,
        metric,
        scale.low,
        scale.high,
        score,
        answered,
        asked,
        deleted,
        1 if better in (None, "") else flag(better, "higher_is_better"),
        kind,
        channel=door.channels.get(raw) or SAME_CHANNEL.get(raw, raw),
        source_contact_id=read_id(contact_id, "source_contact_id") if contact_id not in (None, "") else "",
        requester_key=door.key(read_id(requester, "requester_id")).key if requester not in (None, "") else "",
        session_ref=read_ref(ref, "session_ref") if ref not in (None, "") else "",
        weight=float(weight),
        **{name: redact(text(record.get(name), name)) for name in TEXTS},
    )


def _scale(record: Record, metric: str) -> Scale:
    low, high = record.get("scale_min"), record.get("scale_max")
    if low in (None, "") and high in (None, ""):
        if metric not in USUAL:
            raise Refusal("scale", f"scale_min and scale_max are empty; {metric} has no usual scale")
        return USUAL[metric]
    if low in (None, "") or high in (None, ""):
        raise Refusal("scale", "one of scale_min and scale_max is empty; expected both")
    found = Scale(int(_number(low, "scale_min")), int(_number(high, "scale_max")))
    if not found.low < found.high:
        raise Refusal(
            "scale",
            f"scale_min is {found.low} and scale_max {found.high}; expected the smaller one first",
        )
    if metric == "nps" and found != USUAL["nps"]:
        raise Refusal(
            "scale",
            f"NPS is asked from 0 to 10, not from {found.low} to {found.high}: call it another metric",
        )
    return found


def _score(value: object, scale: Scale) -> int | None:
    if value is None or value == "":
        return None  # 0 is an answer, empty is none
    number = _number(value, "score")
    if number % 1 or not scale.low <= number <= scale.high:
        raise Refusal("score", f"score is {number:g}; expected a whole number from {scale.low} to {scale.high}")
    return int(number)


def _number(value: object, name: str) -> float:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else float("nan")
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e9:
        raise Refusal("number", f"{name} is '{str(value)[:40]}'; expected a number")
    return number


def _when(record: Record, name: str, door: Door) -> datetime | None:
    value = record.get(name)
    return None if value in (None, "") else time(value, name, door)
