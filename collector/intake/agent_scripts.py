"""The agent's built scripts (collector/static), compressed and hashed, ready to be served."""

from __future__ import annotations

import base64
import gzip
import hashlib
from importlib.resources import files
from typing import NamedTuple

import brotli

from collector.intake.responses import Answer

_HEAD = (
    b"Content-Type: text/javascript; charset=utf-8\r\n"
    # Any page may load it, also one that isolates itself or checks its integrity.
    b"Access-Control-Allow-Origin: *\r\nCross-Origin-Resource-Policy: cross-origin\r\n"
    b"Timing-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\nVary: Accept-Encoding\r\n"
)


class Script(NamedTuple):
    """One script."""

    path: str
    """URL path, such as `/agent.js`."""
    version: str
    """Hash of its content, for `url`."""
    integrity: str
    """Value of the tag's `integrity` attribute (W3C Subresource Integrity)."""
    plain: bytes
    gzip: bytes
    br: bytes

    @property
    def url(self) -> str:
        """Path and version: its content never changes, so it may be cached for ever."""
        return f"{self.path}?v={self.version}"

    def answer(self, query: str, accepted: str, known: str) -> Answer:
        """Return the response for a query string, an Accept-Encoding and an If-None-Match."""
        tag = f'"{self.version}"'
        caching = "public, max-age=31536000, immutable" if query == f"v={self.version}" else "public, max-age=3600"
        head = _HEAD + f"Cache-Control: {caching}\r\nETag: {tag}\r\n".encode()
        if tag in (value.strip().removeprefix("W/") for value in known.split(",")):
            return Answer(304, head)
        encodings = {word.partition(";")[0].strip() for word in accepted.split(",") if word[-3:] != "q=0"}
        if "br" in encodings:
            return Answer(200, head + b"Content-Encoding: br\r\n", self.br)
        if "gzip" in encodings:
            return Answer(200, head + b"Content-Encoding: gzip\r\n", self.gzip)
        return Answer(200, head, self.plain)


def scripts() -> dict[str, Script]:
    """Return every built script by its path."""
    by_path = {}
    for file in files("collector").joinpath("static").iterdir():
        if file.name.endswith(".js"):
            script = _script(f"/{file.name}", file.read_bytes())
            by_path[script.path] = script
    return by_path


def _script(path: str, plain: bytes) -> Script:
    digest = hashlib.sha384(plain)
    return Script(
        path=path,
        version=digest.hexdigest()[:16],
        integrity=f"sha384-{base64.b64encode(digest.digest()).decode()}",
        plain=plain,
        gzip=gzip.compress(plain, 9, mtime=0),
        br=brotli.compress(plain, quality=11),
    )
