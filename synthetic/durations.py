"""Durations as authors write them: "5m", "1.5s", "800ms"."""

from __future__ import annotations

import re

_UNITS_MS = {"ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}


def duration_ms(text: str) -> int:
    """The duration in ms. Raises ValueError.

    >>> duration_ms("1.5s")
    1500
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*", text)
    if not found:
        raise ValueError(f"'{text}' is no duration; right would be 800ms, 1.5s, 5m or 1h")
    return round(float(found[1]) * _UNITS_MS[found[2]])
