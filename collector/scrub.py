"""Texts and addresses without people: what the agent does in a page (agent/src/…/scrub.ts), for what reaches us otherwise.

`tests/scrub_cases.json` holds the cases on which both languages must agree.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 200
"""Characters of a message or path; the rest is cut off."""

_TOKEN = re.compile(r"eyJ|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w~=-]{10,}$", re.A)
_ID = re.compile(r"(?=.*\d)([\d.,_+-]+|[0-9a-f-]{8,}|[a-z]{0,4}[-_]?\d{3,}|[\w~=]{16,})$|.*(@|%40)|.{49}", re.I | re.A)
_FILE = re.compile(r"\.\w+$", re.A)
_REPLACEMENTS = (
    (re.compile(r"\S+@\S+"), "<email>"),
    (re.compile(r"([A-Za-z0-9_]://[^\s?#]*)[?#]\S*"), r"\1"),
    (re.compile(r'"[^"]*"|`[^`]*`|“[^”]*”|\B\'[^\']*\'', re.A), "<text>"),
    (re.compile(r"[0-9]+"), "#"),
    (re.compile(r"\s+"), " "),
)


def scrub(message: str) -> str:
    """Return a message without digits, quoted text, e-mail addresses and queries, at most 200 characters.

    >>> scrub("cannot read 'ann@x.org' of 42 at https://shop.test/a?b=c")
    'cannot read <email> of # at https://shop.test/a'
    """
    message = message[:1000]
    for pattern, replacement in _REPLACEMENTS:
        message = pattern.sub(replacement, message)
    return message.strip()[:LONGEST]


def template(path: str) -> str:
    """Return a path with `:id` in place of each segment that names one thing of many.

    >>> template("/orders/8812/items/3f2a91bc")
    '/orders/:id/items/:id'
    """
    parts = path.split("/")
    return "/".join(":id" if _TOKEN.match(p) or _ID.match(_FILE.sub("", p)) else p for p in parts)[:LONGEST]


def first_party(address: str, page_address: str) -> bool:
    """Whether an address belongs to the site of a page: the same host, or one that shares its last two labels.

    >>> first_party("https://api.shop.example/x", "https://www.shop.example/")
    True
    """
    there, here = (_site(host_and_path(a)[0].partition(":")[0]) for a in (address, page_address))
    return not there or there == here


def host_and_path(address: str) -> tuple[str, str]:
    """Return host (with its port, without credentials) and path; empty texts for what is not an address."""
    try:
        parts = urlsplit(address[:2000])
        return parts.netloc.rpartition("@")[2], parts.path
    except ValueError:
        return "", ""


def _site(host: str) -> str:
    return host if host[-1:].isdigit() else ".".join(host.split(".")[-2:])
