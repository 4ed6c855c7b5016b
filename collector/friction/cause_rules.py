"""The rules R0 to R9: ordered, the first that says something wins. Each is a pure function of the evidence.

The thresholds are shares of visits or of a wait, 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from collector.friction.cause_evidence import Cause, Evidence
from collector.metrics.intervals import Interval, wilson

OUTAGE_SESSIONS = 5
"""One visitor's failure may be the visitor's; five within five minutes are not."""
OUTAGE_PLACES = 2
FEWEST = 30
"""Visits at a step, below which nothing is said of how often it refuses."""
RARE, COMMON = 0.05, 0.15
"""Of the visits at a step: refused more seldom, it is the visitors; more often, it is the form."""
TRIES = 2
"""Who gets it right within two tries has made an error; who needs more was not told what was wrong."""
MOST_OF_A_WAIT = 0.5
LITTLE_OF_A_WAIT = 0.2

GATEWAY = (0, 502, 503, 504)
"""What a proxy says of a server that is away, and no answer at all."""

FREE_CHOICE: dict[str, tuple[str, float]] = {
    "rage_click": ("affordance", 0.7), "dead_click": ("affordance", 0.7),
    "quick_back": ("navigation", 0.7), "navigation_loop": ("navigation", 0.7), "journey_abandonment": ("navigation", 0.7),
    "search_refinement": ("content", 0.7), "no_results": ("content", 0.7),
    "form_abandonment": ("form_design", 0.7), "field_refill": ("form_design", 0.7), "validation_loop": ("form_design", 0.5),
    "repeated_submit": ("feedback", 0.7), "session_expired": ("feedback", 0.5),
    "unexpected_dialog": ("content", 0.5), "unexpected_popup": ("content", 0.5),
}  # fmt: skip
"""Kinds that nothing but the design of the site is left to explain, once nothing failed: the sort, and how sure."""


def is_gateway(status: int) -> bool:
    """Whether the status says that a server is away: 502, 503, 504, no answer (0), or a CDN's 520 to 530."""
    return status in GATEWAY or 520 <= status <= 530


def r0(e: Evidence) -> Cause | None:
    """No person, or no part of the site: bots and extensions are not judged."""
    if e.is_bot:
        return Cause("unclassified", "", 0, "a program, no person")
    if e.is_strange:
        return Cause("unclassified", "", 0, "a script of a browser extension, no part of the site")
    return None


def r1(e: Evidence) -> Cause | None:
    """The visitor's own network: offline, or no host answers this one visit."""
    if not e.is_cut_off:
        return None
    return Cause(
        "infrastructure",
        "client_network",
        0.8,
        "no network, or no host answered this visit while others were served",
    )


def r2(e: Evidence) -> Cause | None:
    """A server is away, for many: gateway errors or no answer for five visits in five minutes, or from two places."""
    if e.run_fault == "infrastructure" and e.failing_places >= OUTAGE_PLACES:
        seen = f"a journey fails at this step from {e.failing_places} places by infrastructure"
        return Cause("infrastructure", _where(e), 0.9, seen)
    if e.failing_sessions < OUTAGE_SESSIONS:
        return None
    if e.failed_status is None and e.broken == "third_party":
        seen = f"{e.failed_place} could not be had by {e.failing_sessions} visits in five minutes"
        return Cause("infrastructure", "third_party", 0.9, seen)
    if e.failed_status is None or not is_gateway(e.failed_status):
        return None
    seen = f"{e.failed_place} {_answered(e.failed_status)} {e.failing_sessions} visits in five minutes"
    return Cause("infrastructure", _where(e), 0.9, seen)


def r3(e: Evidence) -> Cause | None:
    """The site's own program: an uncaught error, a 500, or a resource of its own that is not there."""
    if e.run_fault == "technical":
        return Cause("technical_issue", "js_error" if e.script_error else "api_error", 0.9, "so says the run's verdict")
    if e.script_error == "own":
        return Cause("technical_issue", "js_error", 0.9, "an uncaught error of the site's own script")
    if e.failed_status is not None and e.failed_status >= 500 and not is_gateway(e.failed_status):
        sub = "api_error" if e.failed_first_party else "third_party"
        return Cause("technical_issue", sub, 0.9, f"{e.failed_place} was answered {e.failed_status}")
    if e.kind == "error_page" and e.failed_status in (404, 410) and e.arrived_from not in ("external", "none"):
        seen = f"a page of the site leads to one that is not there ({e.failed_status})"
        return Cause("technical_issue", "broken_resource", 0.9, seen)
    if e.broken == "own":
        return Cause("technical_issue", "broken_resource", 0.9, "a file of the site's own could not be had")
    if e.script_error == "third_party":
        return Cause("technical_issue", "third_party", 0.7, "an uncaught error of a third party's script")
    if e.kind == "blank_page" and e.failed_status is None:
        return Cause("technical_issue", "broken_resource", 0.6, "the page shows nothing, and no server failed")
    return None


def r4(e: Evidence) -> Cause | None:
    """Whose the wait was: half of it the server's, or half of it the page's own."""
    if e.kind == "unresponsive_ui":
        return Cause("technical_issue", "frontend_slow", 0.7, "the page itself was blocked while an action waited")
    if e.kind not in ("slow_step", "load_never_fired") or e.failed_status is not None:
        return None
    server, page = e.waits
    if page is not None and page >= MOST_OF_A_WAIT and page >= (server or 0):
        return Cause("technical_issue", "frontend_slow", 0.7, f"the page was blocked for {page:.0%} of the wait")
    if server is not None and server >= MOST_OF_A_WAIT:
        return Cause("infrastructure", "backend", 0.7, f"a server let {server:.0%} of the wait pass")
    if server is not None and server <= LITTLE_OF_A_WAIT:
        seen = f"servers took {server:.0%} of the wait: the page took the rest"
        return Cause("technical_issue", "frontend_slow", 0.5, seen)
    return None


def r5(e: Evidence) -> Cause | None:
    """A slip or a mistake: the form refuses few, and this one got over it within two tries."""
    bounds = _bounds(e)
    if not (e.refused and e.recovered and e.tries <= TRIES and bounds and bounds.high < RARE):
        return None
    sub = "slip" if e.tries <= 1 and e.kind != "login_failure" else "mistake"
    return Cause("user_error", sub, 0.7, f"{_share(e)}; got over it after {_times(e)}")


def r6(e: Evidence) -> Cause | None:
    """The form: it refuses many, or does not tell this one what would be right."""
    if not e.refused:
        return None
    bounds = _bounds(e)
    if bounds and bounds.low > COMMON:
        return Cause("usability", "form_design", 0.8, _share(e))
    if e.tries > TRIES:
        return Cause("usability", "form_design", 0.8, f"refused {_times(e)} in one visit")
    if not e.recovered:
        return Cause("usability", "form_design", 0.8, f"refused {_times(e)}, and given up")
    return None


def r7(e: Evidence) -> Cause | None:
    """In between: for now the visitors', to be looked at again."""
    if not (e.refused and _bounds(e)):
        return None
    sub = "mistake" if e.kind == "login_failure" else "slip"
    return Cause("user_error", sub, 0.5, f"{_share(e)}; got over it after {_times(e)}", watch=True)


def r8(e: Evidence) -> Cause | None:
    """The design: nothing failed, broke, was slow or refused, and still people got stuck."""
    if e.kind not in FREE_CHOICE or e.failed_status is not None or e.slow or e.refused:
        return None
    sub, confidence = FREE_CHOICE[e.kind]
    return Cause("usability", sub, confidence, "no error, failure, slow step or refusal near it")


def r9(e: Evidence) -> Cause:
    """Not known, and said so: never spread over the others."""
    if e.failed_status is not None and is_gateway(e.failed_status):
        seen = f"{e.failed_place} {_answered(e.failed_status)} fewer than {OUTAGE_SESSIONS} visits so far"
        return Cause("unclassified", "", 0, seen)
    if e.refused:
        visits = e.prevalence.visits if e.prevalence else 0
        return Cause("unclassified", "", 0, f"refused, but only {visits} visits at this step: {FEWEST} are needed")
    if e.kind == "slow_step":
        return Cause("unclassified", "", 0, "whose the wait was has not been measured")
    return Cause("unclassified", "", 0, "nothing near it that tells")


class Rule(NamedTuple):
    """One line of the table."""

    name: str
    judge: Callable[[Evidence], Cause | None]


RULES = (
    Rule("R0", r0), Rule("R1", r1), Rule("R2", r2), Rule("R3", r3), Rule("R4", r4),
    Rule("R5", r5), Rule("R6", r6), Rule("R7", r7), Rule("R8", r8), Rule("R9", r9),
)  # fmt: skip
"""In this order; the first that says something wins. R9 always does."""


def classify(evidence: Evidence) -> Cause:
    """Whose fault it was, with the rule that says so.

    >>> classify(Evidence("rage_click", script_error="own"))[:3]
    ('technical_issue', 'js_error', 0.9)
    """
    for rule in RULES:
        if found := rule.judge(evidence):
            return found._replace(rule=rule.name)
    raise AssertionError("R9 says something of everything")


def _bounds(e: Evidence) -> Interval | None:
    """Wilson's bounds of how often the step refuses; None with too few visits."""
    if e.prevalence is None or e.prevalence.visits < FEWEST:
        return None
    return wilson(min(e.prevalence.refused, e.prevalence.visits), e.prevalence.visits)


def _share(e: Evidence) -> str:
    bounds = _bounds(e)
    if not bounds or not e.prevalence:
        return "how often it refuses is not known"
    low, high = bounds
    return f"refuses {e.prevalence.refused} of {e.prevalence.visits} visits ({low:.1%} to {high:.1%})"


def _times(e: Evidence) -> str:
    return "once" if e.tries <= 1 else "twice" if e.tries == 2 else "three times or more"


def _answered(status: int) -> str:
    return f"answered {status} to" if status else "did not answer"


def _where(e: Evidence) -> str:
    if not e.failed_first_party:
        return "third_party"
    return "edge" if e.failed_status is None or e.failed_status == 0 or e.failed_status >= 520 else "backend"
