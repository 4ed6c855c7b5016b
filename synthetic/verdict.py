"""How a run ended, whose fault it was, and why, in words. No browser here: errors in, verdicts out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from collector.events import Fault, RunStatus
from synthetic.journey import Step

_NET = re.compile(r"net::(ERR_[A-Z0-9_]+)")
_NET_REASONS = {
    "ERR_NAME_NOT_RESOLVED": "net.dns",
    "ERR_CONNECTION_REFUSED": "net.refused",
    "ERR_CONNECTION_RESET": "net.reset",
    "ERR_CONNECTION_TIMED_OUT": "net.timeout",
    "ERR_TIMED_OUT": "net.timeout",
    "ERR_CONNECTION_CLOSED": "net.closed",
    "ERR_EMPTY_RESPONSE": "net.empty",
    "ERR_INTERNET_DISCONNECTED": "net.offline",
    "ERR_ADDRESS_UNREACHABLE": "net.unreachable",
}
_TECHNICAL_NET = {"ERR_TOO_MANY_REDIRECTS": "net.redirects", "ERR_ABORTED": "net.aborted"}


class Ending(NamedTuple):
    """The end of a run."""

    status: RunStatus
    fault: Fault
    reason: str
    message: str
    step: str


def ending(
    error: BaseException | None,
    steps: Sequence[Step],
    *,
    friction: Sequence[str] = (),
    document_status: int = 0,
    browser_lost: bool = False,
) -> Ending:
    """Judge a run.

    `error` ended it, or None; `friction` are the kinds that the agent saw; `document_status` is the HTTP status of
    the last main document, 0 for none.
    """
    at = steps[-1].name if steps else ""
    if error is None:
        return _degraded(steps, friction)
    text = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
    if browser_lost or "Target crashed" in text or "has been closed" in text:
        return Ending("error", "monitor", "browser.crash", f"the browser was lost: {text}", at)
    if code := _NET.search(str(error)):
        if code[1] in _TECHNICAL_NET:
            return Ending("failed", "technical", _TECHNICAL_NET[code[1]], text, at)
        tls = "net.tls" if "CERT" in code[1] or "SSL" in code[1] else ""
        reason = tls or _NET_REASONS.get(code[1], "net.other")
        return Ending("failed", "infrastructure", reason, f"the site could not be reached: {code[1]}", at)
    if document_status in (502, 503, 504):
        return Ending("failed", "infrastructure", "http.5xx", f"the page was answered {document_status}", at)
    if document_status >= 400:
        return Ending(
            "failed",
            "technical",
            f"http.{document_status // 100}xx",
            f"the page was answered {document_status}",
            at,
        )
    if isinstance(error, TimeoutError):
        return Ending("failed", "technical", "deadline", "the journey did not end within its timeout", at)
    if type(error).__name__ == "TimeoutError":  # Playwright's own
        return Ending(
            "failed", "technical", "step.timeout", f"waited in vain: {_waited_for(str(error)) or text}", at
        )
    if isinstance(error, AssertionError):
        return Ending("failed", "technical", "assert", text, at)
    return Ending("failed", "technical", "step.error", f"{type(error).__name__}: {text}", at)


def _degraded(steps: Sequence[Step], friction: Sequence[str]) -> Ending:
    slow = [step for step in steps if step.slow]
    if slow:
        first = slow[0]
        what = f"'{first.name}' took {first.duration_ms} ms, its limit is {first.threshold_ms} ms"
        return Ending("degraded", "friction", "slow_step", what, first.name)
    if friction:
        return Ending(
            "degraded", "friction", friction[0], f"a visitor would have met: {', '.join(friction)}", ""
        )
    return Ending("passed", "none", "", "", "")


def _waited_for(text: str) -> str:
    found = re.search(r"waiting for (.+)", text)
    return found[1].strip()[:200] if found else ""
