"""Times as people write them: `24h`, `7d`, an ISO time, seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*", re.ASCII)
_UNITS_MS = {"ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}
_AGO = re.compile(r"(\d+(?:\.\d+)?)(m|h|d|w)$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2099, 12, 30, tzinfo=UTC)


class BadTime(ValueError):
    """A time that cannot be understood; says what was parsed and what was expected."""


class ImplausibleTime(BadTime):
    """A time that is written correctly and lies outside every period that data can have."""


def duration_ms(text: str) -> int:
    """Return a duration such as `800ms`, `1.5s`, `5m` or `1h` in milliseconds. Raises BadTime.

    >>> duration_ms("1.5s")
    1500
    """
    match = _DURATION.fullmatch(text)
    if not match:
        raise BadTime(f"'{text[:80]}' is not a valid duration; expected for example 800ms, 1.5s, 5m or 1h")
    return round(float(match[1]) * _UNITS_MS[match[2]])


def zone(name: str) -> ZoneInfo:
    """The time zone called `name`. Raises BadTime."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTime(f"'{name}' is not a time zone; expected for example Europe/Berlin") from None


def moment(text: str, tz: ZoneInfo | None = None) -> datetime:
    """A point in time, in UTC.

    A time without an offset is taken in `tz`; of a time that the clocks show twice, the first is meant.
    Raises BadTime: not a time, no offset and no `tz`, or a time that the clocks leave out.

    >>> moment("2026-11-21T14:05:00+01:00").isoformat()
    '2026-11-21T13:05:00+00:00'
    >>> moment("1795266300").isoformat()
    '2026-11-21T13:05:00+00:00'
    """
    text = text.strip()
    if re.fullmatch(r"\d{9,10}", text, re.ASCII):
        return datetime.fromtimestamp(int(text), UTC)
    if re.fullmatch(r"\d{12,13}", text, re.ASCII):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    try:
        parsed = datetime.fromisoformat(text)
        if not EARLIEST <= parsed.replace(tzinfo=UTC) <= LATEST:
            raise ImplausibleTime(
                f"'{text}' is not a plausible time; expected between {EARLIEST.year} and {LATEST.year}"
            )
    except BadTime:
        raise
    except ValueError:
        raise BadTime(
            f"'{text}' is not a valid time; expected 2026-11-21T14:05:00+01:00 or seconds since 1970"
        ) from None
    if parsed.tzinfo is not None:
        return parsed.astimezone(UTC)
    if tz is None:
        raise BadTime(f"'{text}' has no time zone; write it with an offset, or say which one with --tz Europe/Berlin")
    local = parsed.replace(tzinfo=tz)
    if local.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != parsed:
        raise BadTime(f"'{text}' does not exist in {tz.key}: the clocks were put forward over it")
    return local.astimezone(UTC)


class Exact(NamedTuple):
    """A moment in UTC, how exactly it was said, and whether the clocks showed it twice."""

    ts: datetime
    precision: str
    """`ms`, `s`, `min`, `hour` or `day`."""
    folded: bool = False


_FINEST = {10: "day", 13: "hour", 16: "min", 19: "s"}
"""Precision by the length of an ISO time without its offset."""

_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)\Z")


def _with_offset(text: str) -> Exact | None:
    """The usual case, at a third of the cost: a whole ISO time with its offset. None for any other."""
    if len(text) < 20 or text[10] != "T" or text[13] != ":" or text[16] != ":":
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is None or not 1971 <= parsed.year <= 2098:
        return None
    return Exact(parsed.astimezone(UTC), "ms" if text[19] in ".," else "s")


def exact(value: str | int | float, tz: ZoneInfo | None = None, form: str = "") -> Exact:
    """As `moment`, and how exact it is. Numbers are seconds since 1970, from 10^11 on milliseconds.

    `form` is how naive texts are written, as of strptime, where they are not ISO. Raises BadTime.

    >>> exact("2026-10-25T02:30", ZoneInfo("Europe/Berlin"))
    Exact(ts=datetime.datetime(2026, 10, 25, 0, 30, tzinfo=datetime.timezone.utc), precision='min', folded=True)
    """
    if not isinstance(value, str):
        milli = abs(value) >= 1e11
        try:
            parsed = datetime.fromtimestamp(value / 1000 if milli else value, UTC)
        except (OverflowError, ValueError, OSError):
            raise BadTime(f"{value} is not a valid time; expected seconds or milliseconds since 1970") from None
        return Exact(parsed, "ms" if milli or isinstance(value, float) else "s")
    if not form and (quick := _with_offset(value)) is not None:
        return quick
    text = value.strip()
    if form:
        try:
            text = datetime.strptime(text, form).isoformat()
        except ValueError:
            raise BadTime(f"'{text[:40]}' is not a valid time of the form {form}") from None
    if text.isdecimal() and text.isascii() and 9 <= len(text) <= 13:
        return Exact(moment(text), "ms" if len(text) > 11 else "s")
    if len(text) > 40:
        raise BadTime(f"'{text[:40]}…' is not a valid time; expected 2026-11-21T14:05:00+01:00 or seconds since 1970")
    parsed = moment(text, tz)
    bare = _OFFSET.sub("", text) if len(text) > 10 else text
    precision = _FINEST.get(len(bare), "ms")
    if tz is None or bare != text:
        return Exact(parsed, precision)
    local = parsed.astimezone(tz)
    return Exact(parsed, precision, local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset())


def since(text: str, now: datetime, tz: ZoneInfo) -> datetime:
    """`90m`, `24h`, `7d`, `8w` before `now`, or a moment; in UTC. Raises BadTime.

    >>> since("36h", datetime(2026, 11, 21, tzinfo=UTC), ZoneInfo("UTC")).isoformat()
    '2026-11-19T12:00:00+00:00'
    """
    if ago := _AGO.match(text):
        try:
            parsed = now - timedelta(**{_UNITS[ago[2]]: float(ago[1])})
        except OverflowError:
            parsed = EARLIEST
        if parsed <= EARLIEST:
            raise BadTime(f"'{text}' is before {EARLIEST.year}")
        return parsed
    try:
        return moment(text, tz)
    except ImplausibleTime:
        raise
    except BadTime:
        raise BadTime(f"'{text}' is not a valid time; expected 90m, 24h, 7d or 2026-11-21T14:05") from None


def clock(ts: datetime | float | None, tz: ZoneInfo) -> str:
    """Day and time of day in a time zone, for people; a datetime without a zone is UTC, None is a dash.

    >>> clock(1795266300, ZoneInfo("Pacific/Noumea"))
    'Sun 22 Nov, 00:05'
    """
    if ts is None:
        return "–"
    at = datetime.fromtimestamp(ts, UTC) if isinstance(ts, int | float) else ts
    local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(tz)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"
