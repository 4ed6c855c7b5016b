"""journeys.yaml: the journeys of a site, once, for the funnels of visitors and for the runs of synthetic journeys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from collector.times import BadTime, duration_ms


class BadJourneys(ValueError):
    """The file cannot be used; says where in it, what stands there, and what would be right."""


class Step(NamedTuple):
    """One step. `pages`: page groups that belong to it, `*` standing for any characters; `limit_s`: a step that takes
    longer is slow, 0: not said."""

    name: str
    pages: tuple[str, ...]
    limit_s: float = 0.0


class Journey(NamedTuple):
    """One journey: its steps in order, and what a completion is worth (0: not said). `app` empty: on every site."""

    name: str
    steps: tuple[Step, ...]
    app: str = ""
    value: float = 0.0
    currency: str = ""


def read(path: Path) -> list[Journey]:
    """The journeys of a file. Raises BadJourneys."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadJourneys(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadJourneys(f"{path} is not UTF-8; save it as UTF-8") from None
    except BadJourneys as error:
        raise BadJourneys(f"{path}: {error}") from None


def parse(text: str) -> list[Journey]:
    """The journeys that `text` writes. Raises BadJourneys.

    >>> (found,) = parse("journeys: {checkout: {steps: [{name: pay, pages: /pay, limit: 2s}]}}")
    >>> found.steps
    (Step(name='pay', pages=('/pay',), limit_s=2.0),)
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadJourneys(f"not YAML: {' '.join(str(error).split())}") from None
    top = _mapping(found, "the file", ("journeys",))
    if not isinstance(top.get("journeys"), dict):
        raise BadJourneys("journeys is missing; expected `journeys:` with one entry for each journey")
    return [_journey(name, one) for name, one in top["journeys"].items()]


def _journey(name: Any, found: Any) -> Journey:
    at = f"journeys.{name}"
    if not isinstance(name, str) or not name:
        raise BadJourneys(f"journeys has the key {name!r}, which is not text: the name of a journey")
    given = _mapping(found, at, ("app", "value", "currency", "steps"))
    steps = given.get("steps")
    if not isinstance(steps, list) or not steps:
        raise BadJourneys(f"{at}.steps is {steps!r}; expected a list with at least one step")
    read = tuple(_step(one, f"{at}.steps[{i}]") for i, one in enumerate(steps))
    names = [step.name for step in read]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise BadJourneys(f"{at}.steps has two steps called {twice!r}")
    return Journey(
        name,
        read,
        _text(given, "app", at),
        _number(given.get("value", 0), f"{at}.value"),
        _text(given, "currency", at),
    )


def _step(found: Any, at: str) -> Step:
    given = _mapping(found, at, ("name", "pages", "limit"))
    name = _text(given, "name", at)
    if not name:
        raise BadJourneys(f"{at}.name is missing")
    pages = given.get("pages", [])
    pages = [pages] if isinstance(pages, str) else pages
    if not isinstance(pages, list) or not all(isinstance(page, str) and page for page in pages):
        raise BadJourneys(f"{at}.pages is {pages!r}; expected a list of page groups such as [/pay, /pay/*]")
    return Step(name, tuple(pages), _seconds(given.get("limit", 0), f"{at}.limit"))


def _mapping(found: Any, at: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise BadJourneys(f"{at} is {found!r}; expected a mapping with {', '.join(known)}")
    for key in found:
        if key not in known:
            raise BadJourneys(f"{at} has {key!r}, which is not known; known are {', '.join(known)}")
    return found


def _text(given: Mapping[str, Any], key: str, at: str) -> str:
    value = given.get(key, "")
    if not isinstance(value, str):
        raise BadJourneys(f"{at}.{key} is {value!r}, not a text")
    return value


def _number(value: Any, at: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise BadJourneys(f"{at} is {value!r}; expected a number from 0")
    return float(value)


def _seconds(value: Any, at: str) -> float:
    if value == 0 and not isinstance(value, bool):
        return 0.0
    try:
        return duration_ms(value) / 1000
    except (BadTime, TypeError):
        raise BadJourneys(f"{at}: {value!r} is not a valid duration; expected for example 1500ms, 3s or 1m") from None
