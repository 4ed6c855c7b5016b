"""What can be said of the contacts of a time: a surge, as usual, or that it cannot be said, and when it will be.

Pages, commands, reports, boards and metrics all ask here, so that they tell the same of the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from collector.store.grids import STEP_S
from collector.store.judged import Judged, judged
from collector.store.store import Store
from collector.store.surges import kept
from collector.surges.find import Found
from collector.times import clock

State = Literal["surge", "as_usual", "cannot_say"]

LATE = timedelta(minutes=30)
"""How far behind now the evaluated time may end and still be called up to date: contacts take minutes to come in, and
are evaluated every five."""

NEXT = timedelta(minutes=10)
"""Contacts that are in are evaluated within so long."""

STATES: dict[State, str] = {
    "surge": "There are more contacts than usual",
    "as_usual": "Contacts are as usual",
    "cannot_say": "Cannot say whether contacts are as usual",
}


class Answer(NamedTuple):
    """The answer for [since, until), and the part of it that was evaluated; both ends equal where nothing was."""

    state: State
    since: datetime
    until: datetime
    start: datetime
    through: datetime
    missing: str
    """What is missing, and when it will be known; empty: nothing is."""

    def words(self, zone: ZoneInfo) -> str:
        """The answer in a sentence or two."""
        if self.through <= self.start:
            return f"Cannot say: {self.missing}"
        judged = f"from {clock(self.start, zone)} to {clock(self.through, zone)} ({zone.key})"
        if self.state == "cannot_say":
            return f"Cannot say: {self.missing} No surge {judged}."
        if self.state == "surge":
            return f"There was a surge {judged}."
        words = f"Contacts are as usual: no surge {judged}."
        if self.start - self.since > timedelta(seconds=STEP_S):
            words += " The time before that was not evaluated."
        return words


def answer(
    runs: Sequence[Judged], surges: int, since: datetime, until: datetime, now: datetime, zone: ZoneInfo
) -> Answer:
    """The answer from the evaluations made by `now`, and the number of surges that stand in [since, until).

    As usual is said only of a time that was evaluated to its end.
    """
    start, through = _stretch(runs, since, until)
    last = runs[-1] if runs else None
    late = LATE if until > now - LATE else timedelta(seconds=STEP_S)
    if surges:
        return Answer("surge", since, until, start, through, "")
    if through > start and through >= until - late:
        return Answer("as_usual", since, until, start, through, "")
    return Answer("cannot_say", since, until, start, through, _missing(last, through > start, through, now, zone))


def ask(
    store: Store, app: str, since: datetime, until: datetime, now: datetime, sources: Sequence[str], zone: ZoneInfo
) -> Answer:
    """The answer from what was evaluated and kept; nothing is evaluated here."""
    standing = sum(one.state == "standing" for one in kept(store, app, since, until))
    return answer(judged(store, app, sources, since, until), standing, since, until, now, zone)


def of_found(found: Found) -> Answer:
    """The answer of an evaluation that was just made; its "now" is the end of the time in question."""
    run = Judged(found.since, found.judged_through, found.until, found.until)
    return answer([run], len(found.surges), found.since, found.until, found.until, ZoneInfo(found.time_zone))


def _stretch(runs: Sequence[Judged], since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """The last stretch of [since, until) that was evaluated without a gap; (since, since): none was."""
    step = timedelta(seconds=STEP_S)
    spans = sorted((max(run.since, since), min(run.through, until)) for run in runs if not run.missing)
    start = through = since
    for begin, end in spans:
        if end <= begin:
            continue
        if begin > through + step or through == start:
            start, through = begin, end
        else:
            through = max(through, end)
    return start, through


def _missing(last: Judged | None, some: bool, through: datetime, now: datetime, zone: ZoneInfo) -> str:
    if last is None:
        return "this time has not been evaluated. A running collector does so every five minutes."
    if last.missing:
        return _sentence(last.missing)
    if now - last.judged > LATE:
        return f"nothing has been evaluated since {clock(last.judged, zone)}. See Operations for what is failing."
    if some and last.through <= through + timedelta(seconds=STEP_S):
        return (
            f"contacts are complete only through {clock(through, zone)}. Later times are evaluated within "
            f"{NEXT.seconds // 60} minutes of their contacts coming in."
        )
    return "this time was not evaluated; `snag contacts surges --judge` evaluates any time."


def _sentence(text: str) -> str:
    text = text.removeprefix("cannot say: ")
    return text if text.endswith(".") else f"{text}."
