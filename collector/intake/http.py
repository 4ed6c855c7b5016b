"""The public port: one HTTP connection. Parses with llhttp, asks `Door` what to answer, answers in order.

A server of its own because there are only three things to answer, and each of them is a few bytes known before:
this costs a third of an ordinary application, and every bound on time, memory and connections is in one place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, cast

import httptools

from collector.intake import limits
from collector.intake.connections import Connections
from collector.intake.responses import Answer, written

_NEEDED = frozenset(
    (
        b"origin",
        b"content-type",
        b"content-encoding",
        b"content-length",
        b"user-agent",
        b"x-forwarded-for",
        b"accept-encoding",
        b"if-none-match",
        b"expect",
        b"sec-gpc",
        b"dnt",
        b"traceparent",
    )
)


class Request(NamedTuple):
    """One request, whole. Headers have lower-case names; only those that something here asks for."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    peer: str
    """The address that the connection came from."""


class Handler(Protocol):
    """What is behind the port."""

    def refused(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | None:
        """Why the body of such a request need not be read; None if it may come."""

    def answer(self, request: Request, done: Callable[[Answer], None]) -> None:
        """Call `done` with the answer, now or later."""

    def turned_away(self, status: int, reason: str, message: str) -> Answer:
        """Count and word what went wrong before there was a request."""


class _Owed:
    """An answer that is owed; they leave in the order of the requests."""

    __slots__ = ("answer", "head_only", "keep")

    def __init__(self, keep: bool, head_only: bool) -> None:
        self.answer: Answer | None = None
        self.keep = keep
        self.head_only = head_only


class Connection(asyncio.Protocol):
    """One connection of one client."""

    __slots__ = (
        "_body",
        "_chunks",
        "_connections",
        "_deaf",
        "_fields",
        "_handler",
        "_head",
        "_headers",
        "_in_request",
        "_owed",
        "_parser",
        "_peer",
        "_refusal",
        "_transport",
        "_url",
    )  # fmt: skip

    def __init__(self, handler: Handler, connections: Connections) -> None:
        self._handler = handler
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpRequestParser | None = None
        self._owed: deque[_Owed] = deque()
        self._deaf = -1
        self._in_request = False

    # What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Someone is there."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by class, only by what they do
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """They are gone."""
        if self._in_request and self._deaf < 0 and error is None:
            self._handler.turned_away(400, "cut_off", "body: the connection ended before it was complete")
        self._forget_body()
        self._transport = None
        self._connections.remove(self)

    def eof_received(self) -> bool:
        """They have said all; what is owed still gets out."""
        return bool(self._owed) and not self._in_request

    def data_received(self, data: bytes) -> None:
        """Some bytes of some request."""
        if self._deaf >= 0:
            self._deaf -= len(data)
            if self._deaf < 0:
                self._close()
            return
        if self._parser is None:
            self._parser = httptools.HttpRequestParser(self)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # Nobody has to follow an offer to speak something else (RFC 9110, 7.8).
            self._parser = None
            if rest := data[upgrade.args[0] :]:
                self.data_received(rest)
                return
        except httptools.HttpParserError:
            self._turn_away(400, "bad_request", "not a valid HTTP/1.1 request")
        if self._deaf >= 0 or self._transport is None:
            return
        if self._in_request:
            self._connections.reading(self)
        elif not self._owed:
            self._connections.idle(self)
        if len(self._owed) > limits.PIPELINED:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """They do not read our answers: then we do not read their requests."""
        if self._transport:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """They do again."""
        if self._transport and not self._transport.is_closing():
            self._transport.resume_reading()

    def expire(self, reason: str) -> None:
        """Close: too slow, idle, or one too many."""
        if reason == "too_slow" and self._in_request and self._deaf < 0:
            seconds = f"{self._connections.read_s:g}"
            self._turn_away(408, "too_slow", f"body: not complete after {seconds} s")
        self._close()

    def busy(self) -> bool:
        """Whether a request is under way or an answer owed."""
        return (self._in_request or bool(self._owed)) and self._deaf < 0

    # What the parser calls

    def on_message_begin(self) -> None:
        """A request begins."""
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._body = 0
        self._head = 0
        self._fields = 0
        self._refusal: Answer | None = None
        self._in_request = True

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._fields += 1
        self._count_head(len(name) + len(value))
        name = name.lower()
        if name in _NEEDED:
            headers = self._headers
            # A list that a proxy continued in a line of its own is one list.
            headers[name] = headers[name] + b", " + value if name in headers else value

    def on_headers_complete(self) -> None:
        """The head is there: many a body need not be read."""
        parser = self._parser
        if parser is None or self._refusal:
            return
        headers = self._headers
        method = parser.get_method()
        self._refusal = self._handler.refused(method.decode(), self._url.decode("latin-1"), _text(headers))
        length = headers.get(b"content-length")
        if self._refusal is None and length and int(length) > limits.BODY_BYTES:
            self._too_large(length.decode())
        if self._refusal is None and self._connections.buffered > limits.BUFFERED_BYTES:
            self._refusal = self._handler.turned_away(503, "overloaded", "too many requests under way")
        if self._refusal is None and headers.get(b"expect", b"").lower() == b"100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._refusal and length and int(length):
            self._turn_away_with(self._refusal)  # its body need not be waited for

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._refusal is None:
            self._body += len(body)
            self._connections.buffered += len(body)
            self._chunks.append(body)
            if self._body > limits.BODY_BYTES:
                self._too_large(f"over {limits.BODY_BYTES}")
        if self._refusal:
            self._turn_away_with(self._refusal)

    def on_message_complete(self) -> None:
        """The request is whole."""
        parser, transport = self._parser, self._transport
        if self._deaf >= 0 or parser is None or transport is None:
            return
        method = parser.get_method()
        owed = _Owed(parser.should_keep_alive(), method == b"HEAD")
        self._owed.append(owed)
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._forget_body()
        self._in_request = False

        def done(answer: Answer) -> None:
            owed.answer = answer
            self._flush()

        if self._refusal:
            done(self._refusal)
        else:
            peer = transport.get_extra_info("peername")
            request = Request(
                method.decode(), self._url.decode("latin-1"), _text(self._headers), body, peer[0] if peer else ""
            )
            self._handler.answer(request, done)

    # Our own

    def _count_head(self, n: int) -> None:
        self._head += n
        if (self._head > limits.HEAD_BYTES or self._fields > limits.HEAD_FIELDS) and self._refusal is None:
            self._refusal = self._handler.turned_away(
                431,
                "head_too_large",
                f"head: over {limits.HEAD_BYTES} bytes or {limits.HEAD_FIELDS} fields; is a cookie of the whole domain set?",
            )
            self._turn_away_with(self._refusal)

    def _too_large(self, size: str) -> None:
        most = limits.BODY_BYTES
        self._refusal = self._handler.turned_away(
            413, "too_large", f"body: {size} bytes; expected at most {most}, as a browser can send"
        )

    def _forget_body(self) -> None:
        if self._in_request:
            self._connections.buffered -= self._body
            self._body = 0
            self._chunks = []

    def _flush(self) -> None:
        transport, owed = self._transport, self._owed
        if transport is None:
            return
        while owed and (answer := owed[0].answer) is not None:
            first = owed.popleft()
            transport.write(written(answer, keep=first.keep, head_only=first.head_only))
            if not first.keep:
                self._end()
                return
        if not owed and not self._in_request:
            self._connections.idle(self)
        if len(owed) <= limits.PIPELINED:
            transport.resume_reading()

    def _turn_away(self, status: int, reason: str, message: str) -> None:
        self._turn_away_with(self._handler.turned_away(status, reason, message))

    def _turn_away_with(self, answer: Answer) -> None:
        """Answer behind what is owed, then listen no more."""
        if self._deaf >= 0 or self._transport is None:
            return
        self._deaf = limits.REJECTED_BYTES
        self._forget_body()
        self._in_request = False
        last = _Owed(keep=False, head_only=False)
        last.answer = answer
        self._owed.append(last)
        self._flush()

    def _end(self) -> None:
        """All is said: let it be read before the connection goes."""
        self._deaf = max(self._deaf, 0) or limits.REJECTED_BYTES
        if self._transport:
            if self._transport.can_write_eof():
                self._transport.write_eof()
            self._connections.idle(self)
            asyncio.get_running_loop().call_later(1.0, self._close)

    def _close(self) -> None:
        if self._transport:
            self._connections.remove(self)
            self._transport.close()


def _text(headers: dict[bytes, bytes]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
