"""The caller's series on one clock: checked, missing data as NaN, and the local calendar beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from collector.correlate.batches import unbatched
from collector.correlate.clock import Clock, infer_clock
from collector.correlate.types import Annotation, Counts, Flags, NotEnoughData, OpeningHours, Series, Watermark, Whole

MIN_DAYS = 3
"""Below three days no hour of the day has been seen often enough to be called usual."""

MIN_CONTACTS = 20
"""Fewer contacts than this carry no daily shape at all."""

MOST_VALUE = 1e12
"""A hundred times all people on earth in five minutes, or a page that took 30 years: a broken export."""

NOT_OPENED = 50.0
"""A channel that would usually have had so many contacts before its first one was opened then."""

FAMILIES = ("contacts", "friction", "performance", "traffic")


@dataclass(frozen=True, slots=True)
class Grid:
    """All series over the same T bins, with where each bin falls in local time.

    day: shape (T,), which local date, counted from 0; weekday: shape (days,), Monday is 0.
    hour: shape (T,), local hour of the day; slot: shape (T,), local bin of the day.
    holiday: shape (days,). assumed: what was read from the data because nobody said it, in words.
    A clock change makes one day longer or shorter, and no hour land in the wrong place.
    """

    start: int
    step: int
    day: Whole
    weekday: Whole
    hour: Whole
    slot: Whole
    sessions: Counts | None
    friction: dict[str, Counts]
    performance: dict[str, Counts]
    channels: dict[str, Counts]
    topics: dict[str, Counts]
    reported: int
    annotations: list[Annotation] = field(default_factory=list)
    holiday: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    assumed: list[str] = field(default_factory=list)

    @property
    def bins(self) -> int:
        return len(self.day)

    @property
    def per_hour(self) -> int:
        return 3600 // self.step

    @property
    def midnight(self) -> Whole:
        """The first bin of each bin's next local day, shape (T,)."""
        ends = np.searchsorted(self.day, np.arange(len(self.weekday)), side="right")
        return np.asarray(ends[self.day])

    def time(self, bin_: int) -> int:
        """Epoch seconds at which a bin begins."""
        return self.start + int(bin_) * self.step


def build_grid(
    friction: Mapping[str, Series],
    performance: Mapping[str, Series],
    traffic: Mapping[str, Any],
    contacts: Mapping[str, Any],
    *,
    timezone: str | None,
    opening_hours: OpeningHours | None,
    annotations: list[Annotation],
    complete_through: Watermark,
    holidays: Iterable[str] = (),
) -> Grid:
    """Check every series and put it on the grid. A closed line is no data, not a quiet line.

    Raises ValueError naming what is wrong and where, NotEnoughData where there is too
    little history or too few contacts.
    """
    channels = contacts.get("channels") or {}
    topics = contacts.get("topics") or {}
    sessions = traffic.get("sessions")
    length = _length(sessions, channels)
    start, step = _clock(traffic)
    if length * step < MIN_DAYS * 86400:
        raise NotEnoughData(
            f"{length * step / 86400:.1f} days of history; {MIN_DAYS} days are the least, four weeks are good"
        )
    ends = _watermarks(complete_through, start, step, length)
    gaps = _gaps(annotations, start, step, length)

    def take(name: str, values: Series, family: str) -> Counts:
        return _series(name, values, length, ends[family], gaps)

    visits = None if sessions is None else take("traffic['sessions']", sessions, "traffic")
    lines = {name: take(f"contacts.channels[{name!r}]", s, "contacts") for name, s in channels.items()}
    clock = _clock_of(start, step, lines, visits, timezone)
    day, weekday, hour, slot, dates = _calendar(start, step, length, clock.offsets)
    for name, hours in (opening_hours or {}).items():
        if name in lines:
            lines[name][~_open(f"opening_hours[{name!r}]", hours, weekday[day], slot * step // 60)] = np.nan
    lines = {name: unbatched(_from_opening(line), 3600 // step) for name, line in lines.items()}
    total = sum(float(np.nansum(line)) for line in lines.values())
    if total < MIN_CONTACTS:
        raise NotEnoughData(f"{total:.0f} contacts in the whole history; {MIN_CONTACTS} are the least")
    seen = max(int(np.flatnonzero(np.isfinite(line))[-1]) + 1 for line in lines.values() if np.isfinite(line).any())
    covered = int(np.any([np.isfinite(line) for line in lines.values()], axis=0).sum())
    if covered * step < MIN_DAYS * 86400:
        raise NotEnoughData(f"contacts known for {covered * step / 86400:.1f} days; {MIN_DAYS} days are the least")
    return Grid(
        start=start,
        step=step,
        day=day,
        weekday=weekday,
        hour=hour,
        slot=slot,
        sessions=visits if visits is not None and np.isfinite(visits).any() else None,
        friction={k: take(f"friction[{k!r}]", s, "friction") for k, s in friction.items()},
        performance={k: take(f"performance[{k!r}]", s, "performance") for k, s in performance.items()},
        channels={k: line for k, line in lines.items() if np.isfinite(line).any()},
        topics={k: take(f"contacts.topics[{k!r}]", s, "contacts") for k, s in topics.items()},
        reported=seen,
        annotations=annotations,
        holiday=np.isin(dates, list(holidays)),
        assumed=clock.assumed,
    )


def _from_opening(line: Counts) -> Counts:
    """The line with no data before its first contact, where it has so many since that it cannot have been open."""
    there = np.flatnonzero(np.nan_to_num(line) > 0)
    if not len(there):
        return line
    first = int(there[0])
    since = line[first:]
    rate = float(np.nansum(since)) / max(int(np.isfinite(since).sum()), 1)
    if rate * np.isfinite(line[:first]).sum() < NOT_OPENED:
        return line
    opened = line.copy()
    opened[:first] = np.nan
    return opened


def _length(sessions: Series | None, channels: Mapping[str, Series]) -> int:
    if not channels:
        raise NotEnoughData(
            "no contacts are known; at least three days of counts from one channel are needed: import contacts first"
        )
    if sessions is not None:
        return len(_numbers("traffic['sessions']", sessions))
    name, first = next(iter(channels.items()))
    return len(_numbers(f"contacts.channels[{name!r}]", first))


def in_order(annotations: Iterable[Annotation]) -> list[Annotation]:
    """The annotations by their start, each checked to have one."""
    notes = list(annotations)
    for i, note in enumerate(notes):
        where = f"annotations[{i}] ({note.get('title') or note.get('kind') or 'untitled'})"
        if note.get("start") is None:
            raise ValueError(f"{where} has no 'start'; it needs the epoch seconds at which it began")
        _moment(f"{where} 'start'", note["start"])
        if note.get("end") is not None:
            _moment(f"{where} 'end'", note["end"])
    return sorted(notes, key=lambda note: (float(note["start"]), str(note.get("title"))))


def _moment(name: str, value: Any) -> float:
    """Epoch seconds, or a ValueError that says what stood there instead."""
    try:
        moment = float(value)
    except (TypeError, ValueError):
        moment = np.nan
    if not np.isfinite(moment):
        raise ValueError(f"{name} is {value!r}; epoch seconds are needed, such as 1700000000")
    return moment


def _clock(traffic: Mapping[str, Any]) -> tuple[int, int]:
    if "start" not in traffic:
        raise ValueError("traffic has no 'start'; it needs the epoch seconds of the first bin")
    step = int(traffic.get("step", 300))
    if step <= 0 or 3600 % step:
        raise ValueError(f"traffic['step'] is {step}; an hour must be a whole number of bins, such as 300")
    return int(_moment("traffic['start']", traffic["start"])), step


def _series(name: str, values: Series, length: int, end: int, gaps: Flags | None) -> Counts:
    taken = _numbers(name, values)
    if taken.shape != (length,):
        raise ValueError(f"{name} has shape {taken.shape}; like traffic['sessions'] it must be ({length},)")
    bad = ~(taken >= 0) | ~np.isfinite(taken)
    bad[end:] = True
    if gaps is not None:
        bad |= gaps
    taken[bad] = np.nan
    return taken


def _numbers(name: str, values: Series) -> Counts:
    """The values as numbers of the caller's own shape, NaN for None; a copy."""
    taken = np.asarray(values)
    if taken.ndim == 0:
        raise ValueError(f"{name} is {values!r}, not one number per bin; a series that is not known is left out")
    try:
        if taken.dtype == object:
            taken = np.array([np.nan if v is None else v for v in taken])
        taken = taken.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds what is not a number: {error}; NaN or None is no data") from error
    huge = np.argwhere(np.isfinite(taken) & (taken > MOST_VALUE))
    if len(huge):
        where = ", ".join(map(str, huge[0]))
        raise ValueError(
            f"{name}[{where}] is {taken[tuple(huge[0])]:.3g}; at most {MOST_VALUE:.0e} per bin is believed, "
            "and NaN is no data"
        )
    return taken


def _watermarks(complete_through: Watermark, start: int, step: int, length: int) -> dict[str, int]:
    """The number of whole bins each family of series may be judged for."""
    if complete_through is None:
        return dict.fromkeys(FAMILIES, length)
    if isinstance(complete_through, Mapping):
        unknown = sorted(set(complete_through) - set(FAMILIES))
        if unknown:
            raise ValueError(f"complete_through names {unknown[0]!r}; known: {', '.join(FAMILIES)}")
        for family, at in complete_through.items():
            if at is not None:
                _moment(f"complete_through[{family!r}]", at)
        given = {family: complete_through.get(family) for family in FAMILIES}
    else:
        _moment("complete_through", complete_through)
        given = dict.fromkeys(FAMILIES, complete_through)
    return {
        family: length if at is None else max(0, min(length, int((at - start) // step))) for family, at in given.items()
    }


def _gaps(annotations: list[Annotation], start: int, step: int, length: int) -> Flags | None:
    found = [a for a in annotations if a.get("kind") == "data_gap"]
    if not found:
        return None
    gaps = np.zeros(length, dtype=bool)
    for gap in found:
        begin = gap["start"]
        end = gap.get("end") or begin + step
        gaps[max(0, int((begin - start) // step)) : max(0, int(-(-(end - start) // step)))] = True
    return gaps


def _open(name: str, hours: Iterable[tuple[int, str, str]], weekday: Whole, minute: Whole) -> Flags:
    """Bins in which a line is open; hours that end before they begin end on the next day."""
    taken = np.zeros(len(weekday), dtype=bool)
    for day, opens, closes in hours:
        first, last = (_minutes(name, text) for text in (opens, closes))
        if last > first:
            taken |= (weekday == day) & (minute >= first) & (minute < last)
        else:
            taken |= (weekday == day) & (minute >= first)
            taken |= (weekday == (day + 1) % 7) & (minute < last)
    return taken


def _minutes(name: str, text: str) -> int:
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and int(hour) <= 24 and int(minute) < 60):
        raise ValueError(f"{name} holds {text!r}; times look like '08:30'")
    return 60 * int(hour) + int(minute)


def _clock_of(start: int, step: int, lines: Mapping[str, Counts], visits: Counts | None, timezone: str | None) -> Clock:
    """The local clock: that of the time zone, or where none is given the one that the data shows."""
    length = len(next(iter(lines.values())))
    if timezone is None:
        contacts = np.sum([np.nan_to_num(line) for line in lines.values()], axis=0)
        activities = [contacts] if visits is None else [np.nan_to_num(visits), contacts]
        return infer_clock(start, step, activities)
    if timezone == "UTC":
        return Clock(np.zeros(length, dtype=np.int64), [])
    quarters, where = np.unique((start + step * np.arange(length, dtype=np.int64)) // 900, return_inverse=True)
    return Clock(_offsets(quarters, _zone(timezone))[where], [])


def _calendar(start: int, step: int, length: int, offsets: Whole) -> tuple[Whole, Whole, Whole, Whole, list[str]]:
    """Local day, weekday, hour and slot of every bin, and the date of each day; offsets: seconds east of UTC."""
    local = start + step * np.arange(length, dtype=np.int64) + offsets
    date = local // 86400
    day = date - date.min()
    days = int(day.max()) + 1
    weekday = (date.min() + np.arange(days) + 3) % 7  # 1970-01-01 was a Thursday
    dates = [f"{datetime.fromtimestamp(86400 * int(date.min() + i), UTC):%Y-%m-%d}" for i in range(days)]
    of_day = local % 86400
    return day, weekday, of_day // 3600, of_day // step, dates


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"timezone is {name!r}, which is not an IANA time zone known here; expected 'Europe/Berlin', or 'UTC'"
        ) from error


def _offsets(quarters: Whole, zone: ZoneInfo) -> Whole:
    """Seconds east of UTC at each quarter of an hour: looked up daily, and closely only where it changes."""

    def offset(quarter: int) -> int:
        moment = datetime.fromtimestamp(quarter * 900, UTC).astimezone(zone).utcoffset()
        return 0 if moment is None else int(moment.total_seconds())

    found = np.empty(len(quarters), dtype=np.int64)
    for begin in range(0, len(quarters), 96):
        last = min(begin + 96, len(quarters)) - 1
        first_offset, last_offset = offset(int(quarters[begin])), offset(int(quarters[last]))
        if first_offset == last_offset:
            found[begin : last + 1] = first_offset
        else:
            found[begin : last + 1] = [offset(int(q)) for q in quarters[begin : last + 1]]
    return found
