"""A surge in the words of a support lead. English, all of it here; "follows", never "caused by"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collector.correlate import Key, Surge
from collector.surges.find import Found
from collector.times import clock

KIND_WORDS = {
    "page_view": "page viewed",
    "rage_click": "rage clicks",
    "dead_click": "dead clicks",
    "error_click": "clicks that fail",
    "page_error": "page errors",
    "failed_action": "failed actions",
    "error_page": "error pages",
    "blank_page": "blank pages",
    "slow_step": "slow steps",
    "unresponsive_ui": "unresponsive pages",
    "form_abandonment": "abandoned forms",
    "validation_loop": "validation loops",
    "field_refill": "fields filled again",
    "repeated_submit": "repeated submits",
    "login_failure": "failed log-ins",
    "session_expired": "expired sessions",
    "quick_back": "quick returns",
    "navigation_loop": "navigation loops",
    "search_refinement": "refined searches",
    "no_results": "searches without results",
    "journey_abandonment": "abandoned journeys",
    "input_refused": "rejected input",
    "help_opened": "help opened",
    "help_search": "help searched",
    "contact_opened": "contact page opened",
}
"""Each kind of event, in the plural."""

VERDICT_WORDS = {
    "friction": "They follow site friction",
    "infrastructure": "They follow infrastructure",
    "traffic": "They follow traffic: more visitors, not more trouble",
    "event": "They follow a known event",
    "unexplained": "Nothing on the site explains them",
}

VERDICT_NAMES = {
    "friction": "site friction",
    "infrastructure": "infrastructure",
    "traffic": "traffic",
    "event": "known event",
    "unexplained": "nothing on the site",
}
"""What a surge follows, as a cell of a table."""

SURGE_STATES = {
    "standing": "Active",
    "withdrawn": "Withdrawn: later data showed no surge",
}

CAUSE_WORDS = {
    "friction": "Site friction",
    "infrastructure": "Infrastructure",
    "traffic": "Traffic",
    "event": "Known event",
}

STATE_WORDS = {"holds": "confirmed", "ruled_out": "ruled out", "not_checked": "not checked"}
STATE_SYMBOLS = {"holds": "●", "ruled_out": "○", "not_checked": "?"}

CLAIM_CONFIDENCE = 0.5
"""A verdict that is more often wrong than right is not a headline."""

CANNOT_SAY = "Cannot say what they follow"


class Story(NamedTuple):
    """One surge in sentences: the headline is the answer, the rest is why."""

    headline: str
    verdict: str
    details: list[str]
    rivals: list[tuple[str, str, str, str]]
    """Symbol, cause, state, reason."""


def describe(surge: Surge, found: Found) -> Story:
    """The surge in words, times in the site's time zone."""
    zone = ZoneInfo(found.time_zone)
    details = [
        f"From {clock(surge.start, zone)} to {clock(surge.end, zone)} ({found.time_zone}): "
        f"{_between(surge.extra_low, surge.extra_high)} contacts above normal (90 % interval)."
    ]
    if mix := _mix(surge.channels, surge.extra, "channels"):
        details.append(f"By channel: {mix}.")
    if mix := _mix({name or "no reason given": n for name, n in surge.topics.items()}, surge.extra, "reasons"):
        details.append(f"By contact reason: {mix}.")
    details += [_key(key, surge, found, zone) for key in surge.keys]
    if surge.to_come is not None and surge.to_come_low is not None and surge.to_come_high is not None:
        details.append(
            f"Expected in the next four hours: about {surge.to_come:.0f} more contacts above normal "
            f"({_between(surge.to_come_low, surge.to_come_high)})."
        )
    if surge.keys and (visits := found.examples.get(surge.keys[0]["key"])):
        details.append(f"Example visits: {', '.join(visits)}.")
    if surge.confidence is not None:
        details.append(f"Confidence: {probability(surge.confidence)}.")
    if surge.q is not None:
        details.append(f"Chance that this is a coincidence: {chance(surge.q)}.")
    if surge.insufficient:
        details.append(f"Not checked: {surge.insufficient}")
    rivals = [
        (
            STATE_SYMBOLS[rival["state"]],
            CAUSE_WORDS[rival["cause"]],
            STATE_WORDS[rival["state"]],
            _with_names(rival["reason"], found),
        )
        for rival in surge.rivals
    ]
    return Story(_headline(surge), verdict(surge, found.elements), details, rivals)


def verdict(surge: Surge, elements: Mapping[str, str]) -> str:
    """What the surge follows, as a sentence; below CLAIM_CONFIDENCE nothing is claimed."""
    words = VERDICT_WORDS[surge.verdict]
    if surge.verdict == "friction" and surge.keys:
        words += f": {friction_point(surge.keys[0]['key'], elements)}"
    elif surge.verdict == "event" and surge.event:
        words += f": {surge.event}"
    if surge.confidence is not None and surge.confidence < CLAIM_CONFIDENCE:
        return f"{CANNOT_SAY}. Best match, with a confidence of {probability(surge.confidence)}: {lower_first(words)}."
    return words + "."


def verdict_name(surge: Surge) -> str:
    """What the surge follows, in a word or two."""
    if surge.confidence is not None and surge.confidence < CLAIM_CONFIDENCE:
        return "cannot say"
    return VERDICT_NAMES.get(surge.verdict, surge.verdict)


def reservations(found: Found) -> list[str]:
    """What was left out of the verdict, and why."""
    zone = ZoneInfo(found.time_zone)
    late = []
    if found.judged_through < found.until:
        late.append(
            f"Evaluated to {clock(found.judged_through, zone)}: contacts after that are not complete yet, "
            "so nothing is said about them."
        )
    return late + stopped(found)


def stopped(found: Found) -> list[str]:
    """The sources of contacts that have stopped."""
    zone = ZoneInfo(found.time_zone)
    return [
        f"{name} has sent nothing since {clock(found.complete_through[name], zone)}; contacts after that are unknown, "
        "not zero."
        for name in found.stale
    ]


def kind_name(kind: str) -> str:
    """A kind of event in words; one that a newer agent sends is named by itself."""
    return KIND_WORDS.get(kind, kind.replace("_", " "))


def friction_point(key: str, elements: Mapping[str, str]) -> str:
    """`page|kind` in words, with the element that it is mostly about if one is known.

    >>> friction_point("/checkout|rage_click", {"/checkout|rage_click": "Pay"})
    'rage clicks on “Pay” (/checkout)'
    """
    page, _, kind = key.rpartition("|")
    if name := elements.get(key):
        return f"{kind_name(kind)} on “{name}” ({page})"
    return f"{kind_name(kind)} on {page}" if page else kind_name(kind)


def probability(value: float) -> str:
    """A probability in whole per cent, never as certain as 0 or 100.

    >>> probability(0.93), probability(0.002), probability(0.999)
    ('93 %', 'under 1 %', 'over 99 %')
    """
    if value < 0.01:
        return "under 1 %"
    return "over 99 %" if value > 0.99 else f"{value:.0%}".replace("%", " %")


def chance(q: float) -> str:
    """A small probability as "1 in so many", two digits exact.

    >>> chance(0.0028), chance(0.051), chance(0.4), chance(0.0)
    ('about 1 in 360', 'about 1 in 20', 'about 40 %', 'under 1 in 10,000')
    """
    if q < 1e-4:
        return "under 1 in 10,000"
    return f"about {probability(q)}" if q > 0.2 else f"about 1 in {float(f'{1 / q:.2g}'):,.0f}"


def few(n: float) -> str:
    """An expected count; with a decimal where rounding would matter.

    >>> few(2.7), few(53.2)
    ('2.7', '53')
    """
    return f"{n:.1f}" if n < 10 else f"{n:.0f}"


def lower_first(sentence: str) -> str:
    """The sentence as the second half of another."""
    return sentence[:1].lower() + sentence[1:]


def _headline(surge: Surge) -> str:
    if not surge.ratio:
        return f"{surge.observed:.0f} contacts where there are usually none."
    return (
        f"Contacts are {surge.ratio:.1f}× the usual level for this time: "
        f"{surge.observed:.0f} compared with {few(surge.expected)} (+{surge.extra:.0f})."
    )


def _key(key: Key, surge: Surge, found: Found, zone: ZoneInfo) -> str:
    point = friction_point(key["key"], found.elements)
    parts = [point[:1].upper() + point[1:]]
    if key["onset"] is not None:
        lead_min = (surge.start - key["onset"]) / 60
        parts.append(
            f"since {clock(key['onset'], zone)}" + (f", {lead_min:.0f} min before the surge" if lead_min >= 1 else "")
        )
    if key["lag_s"] is not None:
        lag = f"contacts follow after about {key['lag_s'] / 60:.0f} min"
        if key["lag_low_s"] is not None and key["lag_high_s"] is not None:
            lag += f" ({_between(key['lag_low_s'] / 60, key['lag_high_s'] / 60)})"
        parts.append(lag)
    if key["attributed"] is not None:
        interval = ""
        if key["attributed_low"] is not None and key["attributed_high"] is not None:
            interval = f" ({_between(key['attributed_low'], key['attributed_high'])})"
        parts.append(f"about {key['attributed']:.0f} of the extra contacts attributed{interval}")
    return "; ".join(parts) + "."


def _with_names(reason: str, found: Found) -> str:
    """The correlation knows friction by opaque keys; here they have names."""
    for key in sorted(found.grids.friction, key=len, reverse=True):
        if reason.startswith(key):
            point = friction_point(key, found.elements)
            return f"{point[:1].upper()}{point[1:]}{reason[len(key) :]}"
        reason = reason.replace(key, friction_point(key, found.elements))
    return reason


def _between(low: float, high: float) -> str:
    return f"{low:.0f} to {high:.0f}"


def _mix(extras: Mapping[str, float], extra: float, parts: str) -> str:
    """The largest parts of the extra contacts; where they do not add up, that is noted."""
    top = sorted(((n, name) for name, n in extras.items() if n >= 0.5), reverse=True)[:4]
    words = ", ".join(f"{name} +{n:.0f}" for n, name in top)
    adds_up = sum(round(n) for n, _ in top) == round(extra)
    return words if adds_up or not words else f"{words} (rounded; other {parts} not shown)"
