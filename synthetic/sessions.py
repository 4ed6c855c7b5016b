"""Takes the session of a run out of its traces and HAR files: cookies, credentials and tokens, which open the site."""

from __future__ import annotations

import json
import re
from typing import Any

HEADERS = re.compile(r"^(proxy-)?authorization$|cookie|token|csrf|xsrf|api-?key|secret|session", re.I)
_FIELDS = re.compile(
    rb"""["']?([\w-]*(?:token|csrf|xsrf|session_?id|sessionid|jwt|api_?key|secret)[\w-]*)\\?["']?\s*[:=]\s*\\?["']([^"'\\\s<>&]{8,})""",
    re.I,
)
SHORTEST = 8
"""A shorter value opens nothing and occurs by chance."""
FLAGS = ("httponly", "partitioned")
INSTEAD = "<session>"


def values_in(content: bytes) -> set[str]:
    """What opens the site in one file: values of cookies, of headers that carry credentials, of fields called tokens."""
    found = {value.decode(errors="replace") for _, value in _FIELDS.findall(content)}
    for line in _documents(content):
        _collect(line, found)
    return {value for value in found if len(value) >= SHORTEST}


def without(content: bytes, values: set[str]) -> bytes:
    """The same without them; a value that is too short to open anything stays."""
    for value in sorted((v for v in values if len(v) >= SHORTEST), key=len, reverse=True):
        for spelled in {value, json.dumps(value)[1:-1]}:
            content = content.replace(spelled.encode(), INSTEAD.encode())
    return content


def _documents(content: bytes) -> list[Any]:
    """A HAR is one JSON document, a trace has one on each line; anything else is none."""
    if content.lstrip()[:1] != b"{":
        return []
    try:
        return [json.loads(content)]
    except ValueError:
        pass
    found = []
    for line in content.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, list):
        for one in value:
            _collect(one, found)
    elif isinstance(value, dict):
        name, text = value.get("name"), value.get("value")
        if isinstance(name, str) and isinstance(text, str) and HEADERS.search(name):
            found |= _parts(text)
        for key, one in value.items():
            if key == "cookies" and isinstance(one, list):
                found |= {str(cookie.get("value", "")) for cookie in one if isinstance(cookie, dict)}
            _collect(one, found)


def _parts(header: str) -> set[str]:
    """The values in a header: of each cookie, or of what follows `Bearer`."""
    pieces = [piece.strip() for line in header.splitlines() for piece in line.split(";")[:50]]
    named = [piece.partition("=")[2] or piece for piece in pieces if piece.lower() not in FLAGS]
    return {piece.removeprefix("Bearer ").removeprefix("Basic ") for piece in named}
