"""Texts and addresses without people: what the agent does in a page (agent/src/…/scrub.ts), for what reaches us otherwise.

`tests/scrub_cases.json` holds the cases on which both languages must agree.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

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

_FOREIGN = re.compile(r"-extension:|^(chrome|about|resource|webkit-masked-url|user-script|gecko|opera):")
_CODE = re.compile(r"\.([cm]?[jt]sx?|vue|svelte|wasm|css)$", re.I)
_SUFFIXES = PublicSuffixList()


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


def code_place(address: str) -> str:
    """Return host and path of a script as they are: its name is what an error, and a source map, is found by.

    >>> code_place("https://shop.example/_next/117-0a1b2c3d4e5f6a7b.js?x"), code_place("https://shop.example/orders/8812")
    ('shop.example/_next/117-0a1b2c3d4e5f6a7b.js', 'shop.example/orders/:id')
    """
    host, path = host_and_path(address)
    return (host + (path if _CODE.search(path) else template(path)))[:LONGEST] if host else ""


def first_party(address: str, page_address: str) -> bool:
    """Whether an address belongs to the site of a page: the same owner by the list of public suffixes.

    >>> first_party("https://api.shop.example/x", "https://www.shop.example/")
    True
    >>> first_party("https://cdn.other.co.uk/x", "https://www.shop.co.uk/")
    False
    """
    there, here = (owner(_host(host_and_path(a)[0])) for a in (address, page_address))
    return not there or there == here


def owner(host: str) -> str:
    """Return the registered domain that a host belongs to; an address, or a name without one, is its own owner.

    >>> owner("www.shop.co.uk"), owner("anna.github.io"), owner("127.0.0.1"), owner("localhost")
    ('shop.co.uk', 'anna.github.io', '127.0.0.1', 'localhost')
    """
    if host[-1:].isdigit() or ":" in host:
        return host
    return _SUFFIXES.privatesuffix(host.lower().rstrip(".")) or host


def foreign(address: str) -> bool:
    """Whether a script's address is a browser's own or an extension's, as the agent's `FOREIGN` says it.

    >>> foreign("webkit-masked-url://hidden/"), foreign("https://shop.example/app.js")
    (True, False)
    """
    return bool(_FOREIGN.search(address))


def host_and_path(address: str) -> tuple[str, str]:
    """Return host (with its port, without credentials) and path; empty texts for what is not an address."""
    try:
        parts = urlsplit(address[:2000])
        return parts.netloc.rpartition("@")[2], parts.path
    except ValueError:
        return "", ""


def _host(netloc: str) -> str:
    return netloc[1:].partition("]")[0] if netloc[:1] == "[" else netloc.partition(":")[0]
