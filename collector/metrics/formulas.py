"""From the aggregates of a metric (catalogue.py; the first is n) to its estimate, in its unit. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from collector.metrics import means
from collector.metrics.durations import quantile
from collector.metrics.intervals import Interval, wilson
from collector.metrics.means import Estimate
from collector.metrics.opening_hours import OpeningHours
from collector.metrics.score import Sums, friction_score

DAY_S = 86_400
Formula = Callable[["Context", Sequence[Any]], "Estimate | None"]


class Context:
    """What a formula needs besides the aggregates: the time range in seconds since 1970, sessions, opening hours."""

    def __init__(
        self,
        start_s: float,
        end_s: float,
        sessions_by_day: Mapping[int, float] | None = None,
        hours: OpeningHours | None = None,
    ) -> None:
        self.start_s, self.end_s = start_s, end_s
        self.sessions_by_day = sessions_by_day or {}
        self.hours = hours

    def whole_days(self) -> list[int]:
        """Starts of the days, UTC, that lie wholly in the range."""
        first = -int(-self.start_s // DAY_S) * DAY_S
        return list(range(first, int(self.end_s // DAY_S) * DAY_S, DAY_S))


def share(_: Context, values: Sequence[Any]) -> Estimate:
    """Of n, hits: per cent."""
    n, hits = int(values[0]), int(values[1])
    low, high = wilson(hits, n)
    return Estimate(100 * hits / n, Interval(100 * low, 100 * high))


def nps(_: Context, values: Sequence[Any]) -> Estimate:
    """Of n, promoters and detractors: points."""
    n, promoters, detractors = map(int, values)
    return means.net_promoter_score(promoters, n - promoters - detractors, detractors)


def average(_: Context, values: Sequence[Any]) -> Estimate:
    """n, mean and variance of the sample."""
    return means.mean(int(values[0]), float(values[1]), float(values[2]))


def number(_: Context, values: Sequence[Any]) -> Estimate:
    """Only n."""
    return Estimate(float(values[0]), None)


def volume(context: Context, values: Sequence[Any]) -> Estimate:
    """n, and the day of each: the number, with the spread of the whole days in the range."""
    by_day = Counter(values[1])
    counts = np.array([float(by_day[day]) for day in context.whole_days()])
    return means.count(int(values[0]), counts, (context.end_s - context.start_s) / DAY_S)


def per_session(context: Context, values: Sequence[Any]) -> Estimate | None:
    """n, and the day of each contact: contacts for a thousand sessions, over whole days with sessions."""
    by_day = Counter(values[1])
    days = [day for day in context.whole_days() if context.sessions_by_day.get(day, 0) > 0]
    contacts = np.array([float(by_day[day]) for day in days])
    sessions = np.array([float(context.sessions_by_day[day]) for day in days])
    if not len(days):
        return None
    if len(days) < 7:
        return Estimate(float(1000 * contacts.sum() / sessions.sum()), None)
    return means.ratio(contacts, sessions, 1000.0)


def speed_of_answer(_: Context, values: Sequence[Any]) -> Estimate:
    """n, and for each interval the seconds waited and the answered."""
    waited, answered = np.array(values[1], dtype=float), np.array(values[2], dtype=float)
    if len(waited) < 10:
        return Estimate(float(waited.sum() / answered.sum()), None)
    # A seed of its own: the same question has the same answer.
    return means.resampled_ratio(waited, answered, np.random.default_rng(len(waited)))


def friction(what: str) -> Formula:
    """Visits and the weighted sums of score.Sums: the friction score, or with `rate` the friction rate in per cent."""

    def found(_: Context, values: Sequence[Any]) -> Estimate | None:
        both = friction_score(Sums(*values))
        if both is None:
            return None
        if what == "score":
            return Estimate(both.score.value, both.score.interval_95)
        low, high = both.rate.interval_95
        return Estimate(100 * both.rate.value, Interval(100 * low, 100 * high))

    return found


def duration(q: float, *, by_business: bool) -> Formula:
    """n, begin and end of each in seconds since 1970, whether it ended; for the business clock also the source's own
    count of seconds, -1 where it gives none."""

    def found(context: Context, values: Sequence[Any]) -> Estimate | None:
        begin, end = np.array(values[1], dtype=float), np.array(values[2], dtype=float)
        ended = np.array(values[3], dtype=bool)
        if not by_business:
            return quantile(end - begin, ended, q)
        own = np.array(values[4], dtype=float)
        if context.hours is not None:
            counted = context.hours.seconds(begin, end)
        elif (own[ended] >= 0).all() and ended.all():
            counted = own
        else:
            return None  # how long the open ones have waited in opening hours cannot be told without the hours
        return quantile(np.where(own >= 0, own, counted), ended, q)

    return found
