"""Where it is early afternoon just now: the demo's shop is always open and busy."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONES = (
    "Pacific/Auckland", "Pacific/Noumea", "Australia/Sydney", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok",
    "Asia/Dhaka", "Asia/Karachi", "Asia/Dubai", "Europe/Istanbul", "Europe/Athens", "Europe/Berlin", "Europe/London",
    "Atlantic/Cape_Verde", "Atlantic/South_Georgia", "America/Sao_Paulo", "America/Halifax", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
    "Pacific/Pago_Pago",
)  # fmt: skip


def afternoon_zone(ts: float) -> str:
    """A time zone in which it is early afternoon at `ts`, so that the shop is always open and busy."""
    return min(ZONES, key=lambda name: abs(local_hour(ts, ZoneInfo(name))[0] - 14))


def local_hour(ts: float, zone: ZoneInfo) -> tuple[float, int]:
    """Hour of the day (with fraction) and weekday (Monday 0) at `ts`, seconds since 1970."""
    at = datetime.fromtimestamp(ts, zone)
    return at.hour + at.minute / 60, at.weekday()
