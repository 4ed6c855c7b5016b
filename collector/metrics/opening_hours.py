"""The business clock: seconds that a support desk was open between two moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from collector.metrics.means import Floats

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_PART = re.compile(r"(\w\w)(?:-(\w\w))?\s+(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)\Z")


class BadHours(ValueError):
    """Opening hours that cannot be understood; says which part and what would be right."""


class OpeningHours:
    """The hours of every week, in a time zone: days with a DST change have the hours that the clock on the wall shows."""

    def __init__(self, spans: dict[int, list[tuple[time, time]]], tz: ZoneInfo) -> None:
        self._spans = spans
        self._tz = tz

    @classmethod
    def parse(cls, text: str, tz: ZoneInfo) -> OpeningHours:
        """`Mo-Fr 09:00-17:30, Sa 10:00-14:00`; 24:00 is the end of a day. Raises BadHours.

        >>> OpeningHours.parse("Mo 09:00-17:00", ZoneInfo("UTC")).seconds(np.array([0.0]), np.array([604800.0]))
        array([28800.])
        """
        spans: dict[int, list[tuple[time, time]]] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            match = _PART.match(part)
            right = "expected Mo-Fr 09:00-17:30, Sa 10:00-14:00"
            if not match or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
                raise BadHours(f"opening hours '{part}'; {right}")
            opens, closes = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
            if not 0 <= opens < closes <= 24 * 60 or max(int(match[4]), int(match[6])) > 59:
                raise BadHours(f"opening hours '{part}': they must end after they begin, on one day; {right}")
            first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
            for day in range(first, last + 1 if last >= first else last + 8):
                spans.setdefault(day % 7, []).append((_clock(opens), _clock(closes)))
        if not spans:
            raise BadHours("opening hours are empty; expected Mo-Fr 09:00-17:30")
        return cls({day: sorted(found) for day, found in spans.items()}, tz)

    def seconds(self, start: Floats, end: Floats) -> Floats:
        """Seconds open from each `start` to its `end`, both seconds since 1970, shape (n,)."""
        if not len(start):
            return np.zeros(0)
        knots, opened = self._opened(float(min(start.min(), end.min())), float(max(start.max(), end.max())))
        return np.interp(end, knots, opened) - np.interp(start, knots, opened)

    def _opened(self, first: float, last: float) -> tuple[Floats, Floats]:
        """Moments at which it opens or closes, and how long it had been open until each."""
        knots, opened = [first - 86_400.0], [0.0]
        day = datetime.fromtimestamp(first, UTC).astimezone(self._tz).date() - timedelta(days=1)
        until = datetime.fromtimestamp(last, UTC).astimezone(self._tz).date() + timedelta(days=1)
        while day <= until:
            for opens, closes in self._spans.get(day.weekday(), ()):
                a = datetime.combine(day, opens, self._tz).timestamp()
                b = datetime.combine(day + timedelta(days=closes == time.min), closes, self._tz).timestamp()
                if b > a >= knots[-1]:
                    knots += [a, b]
                    opened += [opened[-1], opened[-1] + b - a]
            day += timedelta(days=1)
        return np.array(knots), np.array(opened)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
