"""Secrets of journeys: read from mounted files or the environment, and taken out of everything that leaves.

A secret's value is replaced in the spellings that it takes on the way: as it is, URL-encoded, as a JSON string,
and in base64 (as in an Authorization header).
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Anything shorter occurs by chance, and to take it out would ruin every text."""

MOST_CODES = 64
"""One-time codes that are still looked for: the latest ones, a few runs' worth."""

CUT = 100
"""A shorter text was not cut off by us, and cannot end within a secret."""


class NoSecret(Exception):
    """A secret is missing or cannot be used; says where was looked."""


class Undeclared(KeyError):
    """A journey asked for a secret that it does not name in `secrets`."""

    def __str__(self) -> str:
        return str(self.args[0])


def read(names: Iterable[str], folder: Path | None = None, env: Mapping[str, str] = os.environ) -> Secrets:
    """The secrets called `names`: a file of that name in `folder` (as Kubernetes mounts them), else the environment.

    Raises NoSecret.
    """
    found = {}
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            raise NoSecret(f"secret '{name}': expected letters, digits, dots, hyphens and underscores")
        file = folder / name if folder else None
        if file and file.is_file():
            try:
                value = file.read_text(encoding="utf-8").removesuffix("\n")
            except (OSError, UnicodeDecodeError) as error:
                raise NoSecret(f"secret '{name}' cannot be read from {file}: {type(error).__name__}") from None
        elif name in env:
            value = env[name]
        else:
            where = f"neither in {folder} nor in the environment" if folder else "not in the environment"
            raise NoSecret(f"secret '{name}' is missing: {where}")
        if len(value) < SHORTEST:
            raise NoSecret(f"secret '{name}' has {len(value)} characters; expected {SHORTEST} or more")
        found[name] = value
    return Secrets(found)


class Secrets:
    """Names with their values. Never shows a value by itself."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})
        self._spellings: list[tuple[str, str]] = []
        self._codes: deque[tuple[str, str]] = deque(maxlen=MOST_CODES)
        self._all: Secrets | None = None
        for name, value in self._values.items():
            self._know(name, value)

    def join(self, everything: Secrets) -> None:
        """From now on `everything` knows what this knows: all secrets of a worker, for its log."""
        self._all = everything
        for name, value in self._values.items():
            everything._know(name, value)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(self._values)})"

    def __bool__(self) -> bool:
        return bool(self._spellings)

    def value(self, name: str) -> str:
        """Its value. Raises KeyError."""
        return self._values[name]

    @property
    def values(self) -> list[str]:
        """All values, for what must look for them."""
        return [*self._values.values(), *(code for _, code in self._codes)]

    def also(self, name: str, value: str) -> None:
        """From now on the code `value`, made of the secret `name`, is taken out as well."""
        if len(self._codes) == MOST_CODES:
            old, code = self._codes[0]
            gone = {(spelling, f"<secret {old}>") for spelling in _spellings(code)}
            self._spellings = [pair for pair in self._spellings if pair not in gone]
        self._codes.append((name, value))
        self._know(name, value)
        if self._all is not None:
            self._all.also(name, value)

    def _know(self, name: str, value: str) -> None:
        known = {spelling for spelling, _ in self._spellings}
        new = {(spelling, f"<secret {name}>") for spelling in _spellings(value) if spelling not in known}
        # The longest first: one secret may be the beginning of another.
        self._spellings = sorted({*self._spellings, *new}, key=lambda pair: (-len(pair[0]), pair))

    def redact(self, text: str) -> str:
        """`text` without any of the values.

        >>> Secrets({"PIN": "a b&c"}).redact("?pin=a%20b%26c and a b&c")
        '?pin=<secret PIN> and <secret PIN>'
        """
        for spelling, instead in self._spellings:
            if spelling in text:
                text = text.replace(spelling, instead)
        return text

    def redact_cut(self, text: str) -> str:
        """The same for a text that may have been cut off within a value."""
        text = self.redact(text)
        for spelling, instead in self._spellings if len(text) >= CUT else ():
            for length in range(min(len(spelling) - 1, len(text)), min(6, len(spelling) // 2 + 1), -1):
                if text.endswith(spelling[:length]):
                    return text[: len(text) - length] + instead
        return text

    def redact_bytes(self, content: bytes) -> bytes:
        """The same for files; a value may stand there in UTF-16 too."""
        for spelling, instead in self._spellings:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                if (raw := spelling.encode(encoding)) in content:
                    content = content.replace(raw, instead.encode(encoding))
        return content


def _spellings(value: str) -> set[str]:
    """How `value` may be written."""
    raw = value.encode()
    found = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"),
        html.escape(value),
        repr(value)[1:-1],
        value.replace("'", "\\'"),
        value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'"),
        value.strip(),
        *(line for line in value.splitlines() if len(line) >= 2 * SHORTEST),
    }
    # A selector in a trace, or a body within a HAR, is JSON within JSON.
    for ascii_only in (True, False):
        once = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        found |= {json.dumps(once, ensure_ascii=again)[1:-1] for again in (True, False)}
    found |= {spelled.lower() for spelled in found if "%" in spelled and spelled != value}
    # Within a longer base64 text a value begins at one of three places; its first and last letters mix with neighbours.
    if len(raw) >= 2 * SHORTEST:
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).decode()
            inner = coded[(0, 2, 3)[shift] : len(coded) - 4 * ((shift + len(raw)) % 3 > 0)]
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {spelled for spelled in found if len(spelled) >= SHORTEST}
