"""Responses of the public port, down to the bytes."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple


class Answer(NamedTuple):
    """One response. `head`: its header lines, each with its line end, without length and date."""

    status: int
    head: bytes = b""
    body: bytes = b""


def written(answer: Answer, *, keep: bool, head_only: bool = False) -> bytes:
    """Return the response's bytes; `keep`: the connection stays open."""
    status, head, body = answer
    parts = [_line(status), _dates.now(), head]
    if status not in (204, 304):
        parts.append(b"Content-Length: %d\r\n" % len(body))
    parts.append(b"\r\n" if keep else b"Connection: close\r\n\r\n")
    if not head_only:
        parts.append(body)
    return b"".join(parts)


def cors(origin: str | None) -> bytes:
    """Return the header lines that let the page at `origin` read the response.

    Its own name instead of a star: a beacon that a browser sends as JSON carries credentials, and then a star is
    not allowed. Nothing here reads or sets a cookie, so nothing is given away.
    """
    if origin is None:
        return b"Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\n"
    return (
        b"Access-Control-Allow-Origin: " + origin.encode("latin-1") + b"\r\nAccess-Control-Allow-Credentials: true\r\n"
        b"Access-Control-Expose-Headers: Retry-After\r\nVary: Origin\r\n"
    )


def text(status: int, message: str, head: bytes = b"") -> Answer:
    """Return a response with a message."""
    return Answer(
        status,
        head + b"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n",
        message.encode("utf-8", "replace") + b"\n",
    )


_lines: dict[int, bytes] = {}


def _line(status: int) -> bytes:
    line = _lines.get(status)
    if line is None:
        line = _lines[status] = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return line


class _Dates:
    """The Date header, formatted once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._line = b""

    def now(self) -> bytes:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._line = f"Date: {formatdate(second, usegmt=True)}\r\n".encode()
        return self._line


_dates = _Dates()
