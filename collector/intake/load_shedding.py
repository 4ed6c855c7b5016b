"""Which kinds of events are left out first while the queue fills up: those that are missed least."""

from __future__ import annotations

from collector.events import FRICTION_KINDS, KINDS

LAST = frozenset(
    (
        "rage_click",
        "error_click",
        "page_error",
        "failed_action",
        "error_page",
        "blank_page",
        "journey_run",
        "form_abandonment",
        "journey_abandonment",
        "login_failure",
        "contact_opened",
    )
)
"""Accepted until the queue is full: where people were stopped."""

FIRST = frozenset(kind for kind, cls in KINDS.items() if cls.table.startswith("snag_performance."))

LEVELS = (
    (0.95, frozenset(KINDS) - LAST),
    (0.90, frozenset(KINDS) - LAST - frozenset(FRICTION_KINDS) - {"page_view"}),
    (0.80, FIRST),
)
"""The share of the queue's limit from which kinds are left out."""

NOTHING: frozenset[str] = frozenset()


def kinds_to_shed(share: float) -> frozenset[str]:
    """Return the kinds to leave out while the queue holds `share` of its limit."""
    for level, kinds in LEVELS:
        if share >= level:
            return kinds
    return NOTHING
