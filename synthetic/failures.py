"""What an exception says of itself: by its class, by the call that raised it, and by the object it was about.

Texts that a page or an author wrote are data. Only the first line of one of Playwright's own errors is read, and of that
only what stands at its head, where Playwright itself writes: the name of its call, then its own words.
"""

from __future__ import annotations

import builtins
import re

from synthetic.secrets import NoSecret, Undeclared

_HEAD = re.compile(r"(?:(?P<call>[A-Z]\w+\.\w+): )?(?:Error: )?(?P<words>.*)", re.S)
_NET = re.compile(r"net::(ERR_[A-Z0-9_]+)")

GOING = frozenset({"goto", "reload", "go_back", "go_forward", "wait_for_url", "wait_for_load_state", "wait_for_event"})
"""Calls that go to a page: an address that cannot be reached is theirs to tell."""

SPOKEN_BY_PAGES = frozenset(
    {"evaluate", "evaluate_handle", "evaluate_all", "eval_on_selector", "eval_on_selector_all", "wait_for_function"}
)
"""Calls that run code in the page: what follows their name is the page's text."""

_AUTHORS_WORDS = re.compile(
    r"(Unexpected token .{0,200} while parsing (css )?selector|Unknown engine|Unsupported token|"
    r"Protocol error \(Page\.navigate\): Cannot navigate to invalid URL|Cannot navigate to invalid URL|Malformed value|"
    r"\w+: expected \w+, got |(SyntaxError|DOMException): .{0,200} is not a valid selector|InvalidSelectorError)",
    re.S,
)
_CRASH_WORDS = ("Page crashed", "Target crashed")
_DRIVER_WORDS = ("Connection closed while reading from the driver", "Playwright connection closed")

AUTHORS = (NameError, ImportError, SyntaxError, NotImplementedError)
"""A journey that is broken as a program says nothing of the site."""

LOOKUPS = (AttributeError, KeyError, IndexError, TypeError)
"""Raised where an answer has another shape than the script expects, and where the script has a mistake."""

_PLAIN = (dict, list, tuple, str, bytes, int, float, type(None))
"""What an answer of a site is made of once it is read."""


class BrokenJourney(Exception):
    """A journey cannot be run as it is written; says what, and what is expected."""


def is_playwrights(error: BaseException | None) -> bool:
    """One of Playwright's own errors, and no assertion."""
    return type(error).__module__.startswith("playwright") and not isinstance(error, AssertionError)


def is_timeout(error: BaseException | None) -> bool:
    """Somebody waited in vain."""
    return isinstance(error, TimeoutError) or (type(error).__name__ == "TimeoutError" and is_playwrights(error))


def first_line(error: BaseException | None) -> str:
    """The first line of its text, or its class."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300] if error else ""


def _head(error: BaseException | None) -> tuple[str, str]:
    """The call of Playwright's that raised it, and Playwright's own words; two empty texts for any other error."""
    if not is_playwrights(error):
        return "", ""
    found = _HEAD.match(first_line(error))
    if not found:
        return "", ""
    call = (found["call"] or "").partition(".")[2]
    return call, "" if call in SPOKEN_BY_PAGES else found["words"]


def net_error(error: BaseException | None) -> str:
    """The net:: error of a navigation that the script asked for; "" for any other error."""
    call, words = _head(error)
    found = _NET.match(words) if call in GOING else None
    return found[1] if found else ""


def is_download(error: BaseException | None) -> bool:
    """A navigation led to a file."""
    call, words = _head(error)
    return call in GOING and words.startswith("Download is starting")


def is_crash(error: BaseException | None) -> bool:
    """The page's process is gone."""
    return _head(error)[1].startswith(_CRASH_WORDS)


def is_closed(error: BaseException | None) -> bool:
    """The page, its context, the browser or Playwright's driver was closed while the script still used it."""
    if type(error).__name__ == "TargetClosedError" and is_playwrights(error):
        return True
    # The driver's end has no class of its own.
    return type(error) is Exception and str(error) in _DRIVER_WORDS


def is_secrets(error: BaseException | None) -> bool:
    """A secret is missing, or the journey did not name it."""
    return isinstance(error, NoSecret | Undeclared)


def is_authors(error: BaseException | None) -> bool:
    """The journey is broken as a program: by its class, by what it asked of an object that is no site's, or by what
    Playwright says of a call that it cannot make."""
    if isinstance(error, (*AUTHORS, BrokenJourney)):
        return True
    if isinstance(error, AttributeError):
        return not is_of_data(error)
    return bool(_AUTHORS_WORDS.match(_head(error)[1]))


def is_of_data(error: BaseException | None) -> bool:
    """A lookup in plain data failed. Whether the data came from the site or from the script, the error does not say."""
    if isinstance(error, AttributeError):
        # An answer that is missing something, or `None` where something was expected. An error that was made by hand
        # is about no object at all.
        return isinstance(error.obj, _PLAIN) and error.name is not None
    return isinstance(error, LOOKUPS) and type(error).__module__ == builtins.__name__
