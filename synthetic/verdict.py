"""How a run ended, whose fault it was, and why, in words. No browser here: what was seen in, a verdict out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from collector.events import AnyEvent, Fault, Friction, PageError, RunStatus
from synthetic import tls
from synthetic.failures import (
    first_line,
    is_authors,
    is_closed,
    is_crash,
    is_download,
    is_of_data,
    is_secrets,
    is_timeout,
    net_error,
)
from synthetic.journey import Step
from synthetic.observations import ORDER, Document, Observations, is_degrading, place

_NET = re.compile(r"net::(ERR_[A-Z0-9_]+)")

NET = {
    "ERR_NAME_NOT_RESOLVED": ("net.dns", "its name cannot be resolved"),
    "ERR_NAME_RESOLUTION_FAILED": ("net.dns", "its name cannot be resolved"),
    "ERR_DNS_TIMED_OUT": ("net.dns", "its name was not resolved in time"),
    "ERR_CONNECTION_REFUSED": ("net.refused", "it refuses connections"),
    "ERR_CONNECTION_RESET": ("net.reset", "it broke the connection off"),
    "ERR_CONNECTION_CLOSED": ("net.closed", "it closed the connection without an answer"),
    "ERR_CONNECTION_FAILED": ("net.unreachable", "no connection came about"),
    "ERR_CONNECTION_ABORTED": ("net.closed", "the connection was broken off"),
    "ERR_EMPTY_RESPONSE": ("net.empty", "it closed the connection without an answer"),
    "ERR_CONNECTION_TIMED_OUT": ("net.timeout", "no connection came about in time"),
    "ERR_TIMED_OUT": ("net.timeout", "it did not answer in time"),
    "ERR_ADDRESS_UNREACHABLE": ("net.unreachable", "there is no way to its address"),
    "ERR_INVALID_HTTP_RESPONSE": ("net.http", "its answer is no HTTP"),
    "ERR_HTTP2_PROTOCOL_ERROR": ("net.http", "its answer breaks HTTP/2"),
    "ERR_CONTENT_LENGTH_MISMATCH": ("net.http", "its answer ended early"),
    "ERR_INCOMPLETE_CHUNKED_ENCODING": ("net.http", "its answer ended early"),
    "ERR_RESPONSE_HEADERS_TOO_BIG": ("net.http", "the headers of its answer are too long"),
}
"""Errors on the way to the site: infrastructure."""

TECHNICAL_NET = {
    "ERR_TOO_MANY_REDIRECTS": ("net.redirects", "it redirects in a circle"),
    "ERR_UNSAFE_REDIRECT": ("net.redirects", "it redirects to what no page may show"),
    "ERR_INVALID_REDIRECT": ("net.redirects", "it redirects to no address"),
    "ERR_ABORTED": ("net.aborted", "the page was called off"),
    "ERR_BLOCKED_BY_RESPONSE": ("net.blocked", "its own headers forbid to show it"),
    "ERR_INVALID_RESPONSE": ("net.http", "its answer makes no page"),
}
"""Errors that the site itself makes."""

MONITORS_NET = {
    "ERR_INTERNET_DISCONNECTED": ("net.offline", "the runner has no network"),
    "ERR_NETWORK_CHANGED": ("net.changed", "the runner's network changed"),
    "ERR_PROXY_CONNECTION_FAILED": ("net.proxy", "the runner's proxy cannot be reached"),
    "ERR_TUNNEL_CONNECTION_FAILED": ("net.proxy", "the runner's proxy does not let it through"),
    "ERR_PROXY_AUTH_UNSUPPORTED": ("net.proxy", "the runner's proxy refuses the runner"),
    "ERR_OUT_OF_MEMORY": ("runner.memory", "the runner has no memory left"),
    "ERR_INSUFFICIENT_RESOURCES": ("runner.memory", "the runner has no room left"),
    "ERR_FILE_NOT_FOUND": ("journey.error", "there is no such file on the runner"),
    "ERR_INVALID_URL": ("journey.error", "the journey asks for what is not an address"),
}
"""Errors of our own surroundings."""


EVIDENCE = 10
"""Sentences in one verdict: more than a person reads."""


class Outcome(NamedTuple):
    """The end of a run."""

    status: RunStatus
    fault: Fault
    reason: str
    message: str
    step: str
    evidence: tuple[str, ...] = ()


class DocumentFailed(AssertionError):
    """A page that the journey went to was answered 5xx. Raised where its step ends, if nothing else failed there."""

    def __init__(self, document: Document) -> None:
        super().__init__(f"{place(document.url)} was answered {document.status}")
        self.document = document


def judge(
    error: BaseException | None,
    steps: Sequence[Step],
    seen: Observations,
    *,
    now: datetime | None = None,
    certificate: tls.Certificate | None = None,
    contended: bool = False,
) -> Outcome:
    """Judge one attempt. `error` ended it, None if nothing did; `certificate` is what a refused site shows.
    `contended`: the machine had no time for us, so that no duration of the run says anything of the site.

    In order: the page's own hunger for memory, what befell the monitor, the way to the site, its first answer, and
    then the site's own doings.
    """
    blamed = _blamed(error, steps)
    at = blamed.name if blamed else ""
    evidence = tuple(_evidence(seen, steps))
    judged = (
        _memory(seen)
        or _monitor(error, seen)
        or _network(error, seen, now, certificate)
        or _answer(error, seen)
        or _site(error, steps, seen, blamed)
    )
    if not judged:
        return _passed(steps, seen, contended)._replace(evidence=evidence)
    status, fault, reason, message, index = judged
    if index is not None and 0 <= index < len(steps):
        at = steps[index].name
    return Outcome(status, fault, reason, message[:500], at, evidence)


_Judged = tuple[RunStatus, Fault, str, str, int | None]
"""Status, fault, reason, message, and the index of the step where it began if that is known better than by the error."""


def _memory(seen: Observations) -> _Judged | None:
    near = seen.crash in ("crashed", "oom") and seen.peak_rss_mb > seen.memory_limit_mb / 2 > 0
    if not (seen.over_memory or seen.crash == "oom" or near):
        return None
    return (
        "failed",
        "technical",
        "memory",
        f"the page took {seen.peak_rss_mb} MB of memory, its limit is {seen.memory_limit_mb} MB",
        None,
    )


def _monitor(error: BaseException | None, seen: Observations) -> _Judged | None:
    text = first_line(error)
    if seen.lost or seen.hung == "browser":
        what = "does not answer any more" if seen.hung == "browser" and not seen.lost else "was lost"
        return (
            "error",
            "monitor",
            "browser.crash" if seen.lost else "browser.hung",
            f"the browser {what}",
            None,
        )
    if seen.crash or is_crash(error):
        return "error", "monitor", "browser.crash", "the process of the page was killed", None
    if seen.hung == "frozen":
        return "error", "monitor", "browser.hung", "the process of the page was stopped from outside", None
    if error is None:
        return None
    if is_secrets(error):
        return "error", "monitor", "secret.missing", str(error.args[0]) if error.args else text, None
    if (code := net_error(error)) in MONITORS_NET:
        reason, words = MONITORS_NET[code]
        return "error", "monitor", reason, f"{words} ({code})", None
    if is_closed(error):
        return "error", "monitor", "browser.closed", f"the journey or the runner closed the page: {text}", None
    if is_authors(error):
        return "error", "monitor", "journey.error", f"the journey itself is broken: {_named(error)}", None
    return None


def _network(
    error: BaseException | None, seen: Observations, now: datetime | None, certificate: tls.Certificate | None
) -> _Judged | None:
    """The way to a document failed: at the error, or at one that a click had asked for before it."""
    if error is None:
        return None
    index: int | None = None
    code, url = net_error(error), ""
    last = seen.documents[-1] if seen.documents else None
    if last and last.error and (found := _NET.search(last.error)) and (not code or code == found[1]):
        code, url, index = found[1], last.url, last.step
    if code == "ERR_ABORTED" and not net_error(error):
        return None  # calling off a navigation for the next one is everyday
    if not code:
        if (hanging := seen.waiting_for) and (seen.deadline or is_timeout(error)):
            reason = "deadline" if seen.deadline else "net.timeout"
            return "failed", "infrastructure", reason, f"{place(hanging.url)} never answered", hanging.step
        return None
    where = place(url) or _url_in(error)
    if code in MONITORS_NET:
        reason, words = MONITORS_NET[code]
        return "error", "monitor", reason, f"{words} ({code})", index
    if code in TECHNICAL_NET:
        reason, words = TECHNICAL_NET[code]
        if code == "ERR_ABORTED" and seen.downloads:
            reason, words = "download", f"it is a file to download: {seen.downloads[-1]}"
        return "failed", "technical", reason, f"{where}: {words} ({code})", index
    if tls.is_tls(code):
        host = where.partition("/")[0].rpartition(":")[0] or where.partition("/")[0]
        reason, words = tls.judge(code, host, certificate, now) if now else (tls.CODES.get(code, "net.tls"), code)
        return "failed", "infrastructure", reason, words, index
    reason, words = NET.get(code, ("net.other", "it could not be reached"))
    return "failed", "infrastructure", reason, f"{where}: {words} ({code})", index


def _answer(error: BaseException | None, seen: Observations) -> _Judged | None:
    """The document of the moment was answered with an error."""
    last = next((d for d in reversed(seen.documents) if d.status), None)
    if error is None or last is None or last.status < 400:
        return None
    words = f"{place(last.url)} was answered {last.status}"
    if not isinstance(error, DocumentFailed):
        words += f"; then {_in_words(error)}"
    first = next((d for d in seen.documents if d.status), last)
    gateway = last.status in (502, 503, 504) and (last is first or last.url == first.url)
    fault: Fault = "infrastructure" if gateway else "technical"
    return "failed", fault, f"http.{last.status // 100}xx", words, last.step


def _site(
    error: BaseException | None, steps: Sequence[Step], seen: Observations, blamed: Step | None
) -> _Judged | None:
    if seen.hung == "page" and (error is None or is_timeout(error) or seen.deadline):
        return (
            "failed",
            "technical",
            "page.hung",
            "the page does not react any more: its script never ends",
            None,
        )
    if error is None:
        return None
    text, reason = _in_words(error), _reason(error)
    if seen.deadline:
        reason, text = "deadline", "the journey did not end within its timeout"
        text += f"; it was at the step '{blamed.name}'" if blamed else ""
        text += f", waiting at {seen.waiting_at}" if seen.waiting_at else ""
    elif is_download(error):
        name = seen.downloads[-1] if seen.downloads else "a file"
        return "failed", "technical", "download", f"instead of a page a download began: {name}", None
    index = blamed.index if blamed else -1
    broken = [one for one in seen.failed if one.step == index and one.first_party and one.status >= 500]
    if broken:
        reason = "http.5xx"
        text += f"; meanwhile {broken[0].what} was answered {broken[0].status}"
    elif errors := [
        e for e, i in seen.events if i == index and isinstance(e, PageError) and is_degrading(e, frozenset())
    ]:
        reason = "page.error" if errors[0].error_source in ("script", "promise") else reason
        text += f"; meanwhile {_said(errors[0])}"
    elif seen.spinner:
        text += "; the page still says that it is at work"
    return "failed", "technical", reason, text, None


BY_DURATION = frozenset({"slow_step", "unresponsive_ui", "load_never_fired"})
"""Friction that a clock decides on."""


def _passed(steps: Sequence[Step], seen: Observations, contended: bool) -> Outcome:
    """Nothing stopped the run: what a visitor would have felt degrades it."""
    if given_up := [s for s in steps if s.failed and s.optional]:
        first = given_up[0]
        words = f"the optional step '{first.name}' failed: {_in_words(first.error)}"
        return Outcome("degraded", "technical", _reason(first.error), words[:500], first.name)
    felt: list[tuple[str, int, str]] = []
    for event, index in seen.events:
        step = steps[index] if 0 <= index < len(steps) else None
        if isinstance(event, Friction) and is_degrading(event, step.allow if step else frozenset()):
            felt.append((str(event.__struct_config__.tag), index, _said(event)))
    felt += [
        ("slow_step", s.index, f"'{s.name}' took {s.duration_ms} ms, its limit is {s.threshold_ms} ms")
        for s in steps
        if s.slow and not s.failed and "slow_step" not in s.allow
    ]
    ignored = [one for one in felt if contended and one[0] in BY_DURATION]
    felt = [one for one in felt if one not in ignored]
    if ignored and not felt:
        return Outcome("passed", "none", "", "durations were not judged: the runner's processors were too busy", "")
    if not felt:
        return Outcome("passed", "none", "", "", "")
    felt.sort(key=lambda one: ORDER.index(one[0]))
    kind, index, words = felt[0]
    others = list(dict.fromkeys(name for name, _, _ in felt[1:] if name != kind))
    if others:
        words += f"; also {', '.join(others)}"
    return Outcome("degraded", "friction", kind, words[:500], steps[index].name if index >= 0 else "")


def _blamed(error: BaseException | None, steps: Sequence[Step]) -> Step | None:
    """The innermost step that the error came out of, else the last one."""
    if error is None:
        return steps[-1] if steps else None
    from_it = [s for s in steps if s.error is error and not s.optional]
    return from_it[-1] if from_it else next((s for s in reversed(steps) if s.failed), steps[-1] if steps else None)


def _evidence(seen: Observations, steps: Sequence[Step]) -> list[str]:
    """Sentences about what was seen, whether or not it decided anything."""
    found: list[str] = []
    for document in seen.documents:
        if document.status >= 400 or document.error:
            found.append(f"{place(document.url)}: {document.error or f'answered {document.status}'}")
    for one in seen.failed:
        whose = "" if one.first_party else " (another site's)"
        found.append(f"{one.what}{whose}: {one.error or f'answered {one.status}'}")
    found += [_said(event) for event, _ in seen.events if isinstance(event, Friction)]
    found += [f"download of {name}" for name in seen.downloads]
    found += [f"console: {line}" for line in seen.console]
    found += [f"step '{s.name}' failed and was optional" for s in steps if s.failed and s.optional]
    unique = list(dict.fromkeys(line[:300] for line in found))
    left = len(unique) - EVIDENCE
    return unique[:EVIDENCE] + ([f"and {left} more"] if left > 0 else [])


def _said(event: AnyEvent) -> str:
    """An event in a person's words."""
    kind = str(event.__struct_config__.tag)
    if not isinstance(event, Friction):
        return kind
    named = event.target_name or event.target
    words = {
        "page_error": f"the page failed with {event.error_type}: {event.error_message}",
        "unexpected_dialog": f"a dialog came up that nobody expected: {event.error_message}",
        "unexpected_popup": f"a window opened that nobody expected: {event.error_message}",
        "load_never_fired": f"the page never stopped loading ({event.duration_ms} ms)",
        "error_page": f"an error page was shown ({event.status})" if event.status else "an error page was shown",
        "blank_page": "the page stayed blank",
        "dead_click": f"a click on {named} did nothing",
        "rage_click": f"{event.repeat_count} clicks on {named} did nothing",
        "error_click": f"a click on {named} caused an error: {event.error_message or event.route}",
        "failed_action": f"a request of the visitor's action failed: {event.route} {event.status or ''}",
        "slow_step": f"the answer to a click on {named} took {event.duration_ms} ms",
        "unresponsive_ui": f"the page was blocked for {event.duration_ms} ms",
    }
    if kind == "page_error" and event.error_source == "resource":
        return f"{event.error_place} could not be loaded"
    return words.get(kind, kind).strip()


def _reason(error: BaseException | None) -> str:
    if isinstance(error, asyncio.TimeoutError) or is_timeout(error):
        return "step.timeout"
    if isinstance(error, AssertionError):
        found = re.search(r"expected (?:not )?to (?:be|have|contain|match) ?(\w+)", str(error))
        return f"assert.{found[1].lower()}" if found and "Locator" in str(error) else "assert"
    return "journey.or_site" if is_of_data(error) else "step.error"


def _in_words(error: BaseException | None) -> str:
    """What the author or Playwright says, on one line."""
    if error is None:
        return ""
    text = str(error)
    if is_timeout(error) and not isinstance(error, AssertionError):
        found = re.search(r"waiting for (.+)", text)
        return f"waited in vain: {found[1].strip()[:200]}" if found else f"waited in vain: {first_line(error)}"
    if isinstance(error, AssertionError):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        met = [line for line in lines[1:4] if line.startswith(("Actual value", "Error:"))]
        return "; ".join([*lines[:1], *met])[:400] or "an assertion does not hold"
    if is_of_data(error):
        return f"{_named(error)} (the site's data has another shape than the journey expects, or the journey is broken)"
    return _named(error)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {first_line(error)}"


def _url_in(error: BaseException) -> str:
    found = re.search(r"net::\w+ at (\S+)", str(error))
    return place(found[1]) if found else "the site"
