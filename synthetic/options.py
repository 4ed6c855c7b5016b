"""What an author may write as an option of a journey, read strictly: a typo is an error with what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from collector.events import FRICTION_KINDS

SHORT = {"dialog": "unexpected_dialog", "popup": "unexpected_popup", "load": "load_never_fired"}
"""What authors say, in the words of the vocabulary."""

ALLOWABLE = {*FRICTION_KINDS, "download", "http_error"}
"""`http_error`: the page is meant to be answered 4xx or 5xx; `download`: the page is meant to be a file."""


class Throttle(NamedTuple):
    """A network and a processor like a visitor's. Rates in kilobits per second; 0 leaves it as it is."""

    name: str
    down_kbps: float = 0
    up_kbps: float = 0
    latency_ms: float = 0
    cpu: float = 1
    """How many times slower than the machine."""


THROTTLES = {
    "slow-3g": Throttle("slow-3g", 400, 400, 400),
    "3g": Throttle("3g", 1600, 750, 150),
    "4g": Throttle("4g", 9000, 9000, 85),
    "dsl": Throttle("dsl", 6000, 1000, 25),
}
"""The presets of WebPageTest and Lighthouse, so that figures can be compared."""


def throttle(given: str | Mapping[str, Any] | None) -> Throttle | None:
    """A preset's name, or its own numbers. Raises ValueError.

    >>> throttle({"down_kbps": 500, "cpu": 4}).cpu
    4.0
    """
    if given is None:
        return None
    if isinstance(given, str):
        if given not in THROTTLES:
            raise ValueError(f"throttle is '{given}'; expected {', '.join(THROTTLES)}, or numbers")
        return THROTTLES[given]
    numbers = [name for name in Throttle._fields if name != "name"]
    if unknown := sorted(set(given) - set(numbers)):
        raise ValueError(f"throttle has no '{unknown[0]}'; it takes {', '.join(numbers)}")
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < (name == "cpu"):
            raise ValueError(f"throttle's {name} is {value!r}, not a number from {int(name == 'cpu')}")
    return Throttle("own", **{name: float(value) for name, value in given.items()})


def allowed(given: Iterable[str]) -> frozenset[str]:
    """The kinds that are expected, in the words of the vocabulary. Raises ValueError.

    >>> sorted(allowed(["dialog", "page_error"]))
    ['page_error', 'unexpected_dialog']
    """
    names = [given] if isinstance(given, str) else list(given)
    found = frozenset(SHORT.get(name, name) for name in names)
    for name in sorted(found - ALLOWABLE):
        near = difflib.get_close_matches(name, [*SHORT, *ALLOWABLE], n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"expected {', '.join(sorted({*SHORT, *ALLOWABLE}))}"
        raise ValueError(f"allow has '{name}', which cannot be allowed; {hint}")
    return found


CONTEXT = frozenset(
    {
        "ignore_https_errors",
        "http_credentials",
        "storage_state",
        "locale",
        "timezone_id",
        "viewport",
        "screen",
        "geolocation",
        "permissions",
        "extra_http_headers",
        "user_agent",
        "color_scheme",
        "reduced_motion",
        "forced_colors",
        "contrast",
        "device_scale_factor",
        "is_mobile",
        "has_touch",
        "java_script_enabled",
        "offline",
        "bypass_csp",
        "service_workers",
        "accept_downloads",
        "client_certificates",
        "strict_selectors",
    }
)
"""Options of Playwright's `new_context` that a journey may set; the others are the runner's."""


def context_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a context, by Playwright's names. Raises ValueError.

    >>> context_options({"locale": "de-DE"})
    {'locale': 'de-DE'}
    """
    for name in sorted(set(given) - CONTEXT):
        near = difflib.get_close_matches(name, CONTEXT, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(sorted(CONTEXT))}"
        raise ValueError(f"context has no '{name}'; {hint}")
    return dict(given)
