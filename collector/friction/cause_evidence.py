"""What the rules judge by, and what they say: values only."""

from __future__ import annotations

from typing import Literal, NamedTuple

Class = Literal["usability", "technical_issue", "user_error", "infrastructure", "unclassified"]
CLASSES: tuple[Class, ...] = ("usability", "technical_issue", "user_error", "infrastructure", "unclassified")

SUBS: dict[Class, tuple[str, ...]] = {
    "usability": ("affordance", "form_design", "navigation", "content", "feedback"),
    "technical_issue": ("js_error", "api_error", "broken_resource", "frontend_slow", "third_party"),
    "user_error": ("slip", "mistake"),
    "infrastructure": ("backend", "edge", "third_party", "client_network"),
    "unclassified": (),
}
"""The sorts of each class."""


class Prevalence(NamedTuple):
    """Visits that were refused at one field by one rule, of those that were at its step."""

    refused: int
    visits: int


class Waits(NamedTuple):
    """Whose the waits at one point were: the median share of the wait, 0 to 1; None where it was not measured."""

    server: float | None = None
    page: float | None = None


class Evidence(NamedTuple):
    """What is known of an event of friction: its own facts, what was near it, and what others met at the same point.

    Near: same visit and view, from 2 s before to 5 s after it, on the same target where both name one; for what a form or
    a view met as a whole: all of the view.
    """

    kind: str
    is_bot: bool = False
    is_strange: bool = False
    """An extension's script, no part of the site."""
    is_cut_off: bool = False
    """The visitor's own network: offline, or no host answered this visit while others were served."""
    failed_status: int | None = None
    """HTTP status of the request that failed, 0 for no answer; None: none failed."""
    failed_place: str = ""
    """Its host and route; else the page."""
    failed_first_party: bool = True
    failing_sessions: int = 0
    """Visits that the same place failed within five minutes."""
    failing_places: int = 0
    """Places from which a journey fails at the same step by infrastructure."""
    run_fault: str = ""
    """What the verdict on a journey's run says; empty for visitors."""
    script_error: str = ""
    """own or third_party: whose script threw an error that nobody caught; empty: none."""
    broken: str = ""
    """own or third_party: whose script, style or image that could not be had, or is forbidden by the site's own policy."""
    arrived_from: str = ""
    """How the visitor came to the page: internal, external or none; empty: not known."""
    slow: bool = False
    waits: Waits = Waits()
    refused: bool = False
    """The visitor's input was refused."""
    tries: int = 0
    """How often, at this field or form."""
    recovered: bool = False
    """And was accepted later, or the visitor went on."""
    prevalence: Prevalence | None = None


class Cause(NamedTuple):
    """A verdict: the class and its sort, how sure its rule is (0 to 1), what the rule saw, and which rule it was."""

    cause_class: Class
    sub: str
    confidence: float
    evidence: str
    watch: bool = False
    """Close to being decided otherwise."""
    rule: str = ""
