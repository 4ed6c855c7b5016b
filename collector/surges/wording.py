"""A surge in the words of a support lead. English, all of it here; "follows", never "caused by"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collector.correlate import Key, Surge
from collector.surges.find import Found

KIND_WORDS = {
    "rage_click": "rage clicks",
    "dead_click": "dead clicks",
    "error_click": "clicks that fail",
    "page_error": "page errors",
    "failed_action": "failed actions",
    "slow_step": "slow steps",
    "quick_back": "quick returns",
}

VERDICT_WORDS = {
    "friction": "They follow site friction",
    "infrastructure": "They follow infrastructure",
    "traffic": "They follow traffic: more visitors, not more trouble",
    "event": "They follow a known event",
    "unexplained": "Nothing on the site explains them",
}

CAUSE_WORDS = {
    "friction": "Site friction",
    "infrastructure": "Infrastructure",
    "traffic": "Traffic",
    "event": "Known event",
}

STATE_WORDS = {"holds": "yes", "ruled_out": "ruled out", "not_checked": "could not be checked"}
STATE_SIGNS = {"holds": "●", "ruled_out": "○", "not_checked": "?"}


class Story(NamedTuple):
    """One surge, told: the headline is the answer, the rest is why."""

    headline: str
    verdict: str
    details: list[str]
    rivals: list[tuple[str, str, str, str]]
    """Sign, cause, state, reason."""


def tell(surge: Surge, found: Found) -> Story:
    """The surge in words, times in the site's time zone."""
    tz = ZoneInfo(found.time_zone)
    times = f"{surge.ratio:.1f}× what this time usually brings" if surge.ratio else "where usually there are none"
    headline = f"Contacts are {times}: {surge.observed:.0f} instead of {few(surge.expected)} (+{surge.extra:.0f})."
    details = [
        f"From {clock(surge.start, tz)} to {clock(surge.end, tz)} ({found.time_zone}); "
        f"the surplus is {_between(surge.extra_low, surge.extra_high)} contacts (90 % interval)."
    ]
    if mix := _mix(surge.channels):
        details.append(f"By channel: {mix}.")
    if mix := _mix({name or "untagged": n for name, n in surge.topics.items()}):
        details.append(f"By contact reason: {mix}.")
    details += [_key(key, surge, found, tz) for key in surge.keys]
    if surge.to_come is not None and surge.to_come_low is not None and surge.to_come_high is not None:
        details.append(
            f"Still to be expected in the next four hours: about {surge.to_come:.0f} more contacts than usual "
            f"({_between(surge.to_come_low, surge.to_come_high)})."
        )
    if surge.keys and (visits := found.examples.get(surge.keys[0]["key"])):
        details.append(f"Visits to look at: {', '.join(visits)}.")
    if surge.confidence is not None:
        details.append(f"How sure: {surge.confidence:.0%} of verdicts like this one are right.")
    if surge.insufficient:
        details.append(f"What could not be checked: {surge.insufficient}")
    rivals = [
        (
            STATE_SIGNS[rival["state"]],
            CAUSE_WORDS[rival["cause"]],
            STATE_WORDS[rival["state"]],
            _in_words(rival["reason"], found),
        )
        for rival in surge.rivals
    ]
    return Story(headline, _verdict(surge, found), details, rivals)


def no_surge(found: Found) -> str:
    """That nothing is wrong is an answer too."""
    tz = ZoneInfo(found.time_zone)
    since, through = clock(found.since.timestamp(), tz), clock(found.judged_through.timestamp(), tz)
    return f"Contacts are as usual: no surge from {since} to {through} ({found.time_zone})."


def reservations(found: Found) -> list[str]:
    """What was left out of the judgement, and why."""
    tz = ZoneInfo(found.time_zone)
    said = []
    if found.judged_through < found.until:
        said.append(
            f"Nothing is said of the time after {clock(found.judged_through.timestamp(), tz)}: "
            "contacts are not all in yet."
        )
    for name in found.stale:
        at = clock(found.complete_through[name].timestamp(), tz)
        said.append(f"{name} has delivered nothing since {at}; its silence is not taken for calm.")
    return said


def friction_point(key: str, elements: Mapping[str, str]) -> str:
    """`page|kind` in words, with the element that it is mostly about if one is known.

    >>> friction_point("/checkout|rage_click", {"/checkout|rage_click": "Pay"})
    'rage clicks on “Pay” (/checkout)'
    """
    page, _, kind = key.rpartition("|")
    what = KIND_WORDS.get(kind, kind.replace("_", " "))
    if name := elements.get(key):
        return f"{what} on “{name}” ({page})"
    return f"{what} on {page}" if page else what


def clock(ts: float, tz: ZoneInfo) -> str:
    """Day and time of day at `ts`, seconds since 1970."""
    return datetime.fromtimestamp(ts, tz).strftime("%a %d %b %H:%M")


def _verdict(surge: Surge, found: Found) -> str:
    words = VERDICT_WORDS[surge.verdict]
    if surge.verdict == "friction" and surge.keys:
        words += f": {friction_point(surge.keys[0]['key'], found.elements)}"
    elif surge.verdict == "event" and surge.event:
        words += f": {surge.event}"
    return words + "."


def _key(key: Key, surge: Surge, found: Found, tz: ZoneInfo) -> str:
    point = friction_point(key["key"], found.elements)
    said = [point[:1].upper() + point[1:]]
    if key["onset"] is not None:
        lead_min = (surge.start - key["onset"]) / 60
        said.append(f"since {clock(key['onset'], tz)}" + (f", {lead_min:.0f} minutes before" if lead_min >= 1 else ""))
    if key["lag_s"] is not None:
        lag = f"contacts follow after about {key['lag_s'] / 60:.0f} minutes"
        if key["lag_low_s"] is not None and key["lag_high_s"] is not None:
            lag += f" ({_between(key['lag_low_s'] / 60, key['lag_high_s'] / 60)})"
        said.append(lag)
    if key["attributed"] is not None:
        spread = ""
        if key["attributed_low"] is not None and key["attributed_high"] is not None:
            spread = f" ({_between(key['attributed_low'], key['attributed_high'])})"
        said.append(f"about {key['attributed']:.0f} contacts{spread}")
    if key["q"] is not None:
        said.append(f"q = {key['q']:.2g}")
    return "; ".join(said) + "."


def _in_words(reason: str, found: Found) -> str:
    """The correlation's keys are opaque to it; here they have names."""
    for key in sorted(found.grids.friction, key=len, reverse=True):
        if reason.startswith(key):
            point = friction_point(key, found.elements)
            return f"{point[:1].upper()}{point[1:]}{reason[len(key) :]}"
        reason = reason.replace(key, friction_point(key, found.elements))
    return reason


def few(n: float) -> str:
    """A count; with a decimal where rounding would change what people reckon with.

    >>> few(2.7), few(53.2)
    ('2.7', '53')
    """
    return f"{n:.1f}" if n < 10 else f"{n:.0f}"


def _between(low: float, high: float) -> str:
    return f"{low:.0f} to {high:.0f}"


def _mix(extras: dict[str, float]) -> str:
    top = sorted(((n, name) for name, n in extras.items() if n >= 0.5), reverse=True)[:4]
    return ", ".join(f"{name} +{n:.0f}" for n, name in top)
