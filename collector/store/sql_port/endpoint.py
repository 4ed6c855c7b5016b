"""SQL over HTTP in front of the embedded engine: any ClickHouse client can ask it.

`snag serve` offers it twice: to readers (Grafana, clients, people) on a port of its own, with a password and
behind `fence`; and on the private port to the commands beside it, with the token of `owner`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import secrets
import uuid
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from collector.store.sql_port import allowlist
from collector.store.sql_port.compression import compressor, decompressed
from collector.store.sql_port.protocol import Answer, Asked, EngineError, Handle, ask, canonical, failed
from collector.store.sql_port.sessions import Role, Sessions, opened

MAX_BODY = 256 * 2**20
"""Largest insert that is taken in one request: an application in front must let it through."""

MAX_STATEMENT = 256 * 2**10
"""A reader's statement; the engine's own limit."""

AT_ONCE = 8
WAIT_S = 5.0
"""So many statements run at once; one more waits so long and is then told to come back."""

_STATUS = {60: 404, 81: 404, 46: 404, 47: 404, 115: 404, 192: 403, 193: 403, 194: 403, 497: 403, 516: 403, 62: 400, 36: 400,
           27: 400, 6: 400, 38: 400, 41: 400, 43: 400, 44: 400, 53: 400, 69: 400, 70: 400, 89: 400, 117: 400, 456: 400,
           457: 400, 158: 400, 159: 408, 160: 400, 373: 423, 48: 501, 107: 404, 113: 400, 202: 429, 307: 400,
           396: 400}  # fmt: skip
"""HTTP status by the engine's error code, as the server gives them."""

_TYPES = {"JSON": "application/json; charset=UTF-8", "JSONCompact": "application/json; charset=UTF-8",
          "JSONEachRow": "application/x-ndjson; charset=UTF-8", "CSV": "text/csv; charset=UTF-8; header=absent",
          "CSVWithNames": "text/csv; charset=UTF-8; header=present"}  # fmt: skip


class SqlEndpoint:
    """Answers requests on the embedded store at `dsn`, which this process has open."""

    def __init__(self, dsn: str) -> None:
        import chdb  # half a gigabyte: only where an embedded store is open anyway

        path = urlsplit(dsn).path
        self._sessions = Sessions(lambda writes: opened(chdb.connect, path, writes))
        self._pool = ThreadPoolExecutor(AT_ONCE, "sql")
        self._room = asyncio.Semaphore(AT_ONCE)
        with self._sessions.handle(Role("", writes=False), "") as handle:
            found = handle.query("SELECT lower(name) FROM system.table_functions", "TSV").bytes().decode()
            bound = handle.query("SELECT value FROM system.settings WHERE name = 'max_memory_usage'", "TSVRaw").bytes()
            self.version = handle.query("SELECT version()", "TSVRaw").bytes().decode().strip()
        self._functions = frozenset(found.split())
        self._limited = {name: str(most) for name, most in allowlist.LIMITED.items()}
        # On a small machine the engine's own bound is lower, and it refuses a statement that names a higher one.
        memory = int(bound.decode().strip() or 0)
        if memory:
            self._limited["max_memory_usage"] = str(min(memory, allowlist.LIMITED["max_memory_usage"]))

    def close(self) -> None:
        """Let go of all handles."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._sessions.close()

    async def answer(self, request: web.Request, role: Role) -> web.StreamResponse:
        """Run one request for `role` and stream its answer."""
        headers = {
            "X-ClickHouse-Query-Id": request.query.get("query_id") or str(uuid.uuid4()),
            "X-ClickHouse-Server-Display-Name": "snag",
            "X-ClickHouse-Timezone": "UTC",
        }
        try:
            asked = await _asked(request, MAX_BODY if role.writes else MAX_STATEMENT)
            if not asked.statement.strip():
                return web.Response(text="Ok.\n", headers=headers)
            return await self._run(request, asked, role, headers)
        except EngineError as error:
            return self._refusal(error, headers)

    def _refusal(self, error: EngineError, headers: Mapping[str, str]) -> web.Response:
        told = {**headers, "X-ClickHouse-Exception-Code": str(error.code)}
        text = f"{error.text} (version {self.version})\n"
        return web.Response(status=_STATUS.get(error.code, 500), text=text, headers=told)

    async def _run(self, request: web.Request, asked: Asked, role: Role, headers: dict[str, str]) -> web.StreamResponse:
        try:
            await asyncio.wait_for(self._room.acquire(), WAIT_S)
        except TimeoutError:
            raise failed(202, f"More than {AT_ONCE} statements at once", "TOO_MANY_SIMULTANEOUS_QUERIES") from None
        work = self._work(asked, role)
        try:
            answer: Answer = await self._next(work)
            first: bytes | None = await self._next(work)
            return await self._send(request, answer, first, work, headers)
        finally:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, work.close))
            self._room.release()

    async def _next(self, work: Any) -> Any:
        # Shielded: a generator that still runs in its thread cannot be closed.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, next, work, None))

    def _work(self, asked: Asked, role: Role) -> Any:
        """In a thread: the answer, then its chunks; the handle is let go of at the end."""
        with self._sessions.handle(role, asked.url.get("session_id", "")) as handle:
            answer = ask(handle, asked if role.writes else self._fenced(handle, asked, role))
            yield answer
            try:
                yield from answer.chunks
            finally:
                if close := getattr(answer.chunks, "close", None):
                    close()

    def _fenced(self, handle: Handle, asked: Asked, role: Role) -> Asked:
        database = asked.url.get("database", "")
        if database == "default" or not database:
            database = allowlist.OURS[0]
        try:
            if database not in role.databases:
                raise allowlist.Denied(f"database {database}: this user may not read it")
            for name, value in asked.settings.items():
                if name != "readonly":  # a client's way of asking for what it has anyway
                    allowlist.check_setting(name, value)
            text = canonical(handle, asked.statement.decode("utf-8", "replace"))
            allowlist.check(text, asked.parameters, databases=role.databases, functions=self._functions)
        except allowlist.Denied as error:
            raise failed(497, str(error), "ACCESS_DENIED") from None
        url = {k: v for k, v in asked.url.items() if k != "readonly"} | {"database": database}
        return Asked(text.encode(), {**self._limited, **url})

    async def _send(
        self,
        request: web.Request,
        answer: Answer,
        first: bytes | None,
        work: Any,
        headers: dict[str, str],
    ) -> web.StreamResponse:
        tag = secrets.token_hex(8)
        headers |= {
            "X-ClickHouse-Summary": json.dumps(answer.summary),
            "X-ClickHouse-Exception-Tag": tag,
            "Content-Type": _TYPES.get(
                answer.format,
                "text/tab-separated-values; charset=UTF-8"
                if answer.format.startswith("T")
                else "application/octet-stream",
            ),
        }
        if answer.format:
            headers["X-ClickHouse-Format"] = answer.format
        wanted = (
            request.headers.get("Accept-Encoding", "") if request.query.get("enable_http_compression") == "1" else ""
        )
        pack = compressor(wanted)
        if pack.name:
            headers["Content-Encoding"] = pack.name
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        chunk = first
        try:
            while chunk is not None:
                await response.write(pack.compress(chunk))
                chunk = await self._next(work)
        except EngineError as error:
            await response.write(pack.compress(_broken_off(error, tag)) + pack.flush())
            await response.write_eof()
            return response
        if tail := pack.flush():
            await response.write(tail)
        await response.write_eof()
        return response


def readers(password: str, ux_password: str) -> dict[str, tuple[str, Role]]:
    """The two readers, each only if it has a password: snag_sre sees everything, snag_ux no performance."""
    experience = allowlist.DATABASES - {"snag_performance"}
    known = {
        "snag_sre": (password, Role("snag_sre", writes=False)),
        "snag_ux": (ux_password, Role("snag_ux", writes=False, databases=experience)),
    }
    return {name: who for name, who in known.items() if who[0]}


def build_readers(endpoint: SqlEndpoint, users: Mapping[str, tuple[str, Role]]) -> web.Application:
    """The readers' application. `users`: password and role by user name."""

    async def serve(request: web.Request) -> web.StreamResponse:
        name, password = _credentials(request)
        known, role = users.get(name, ("", None))
        # Compared also for an unknown name, which then takes as long.
        if not hmac.compare_digest(known.encode() or secrets.token_bytes(8), password.encode()) or role is None:
            text = f"{name[:64]}: Authentication failed: password is incorrect, or there is no user with such name"
            return endpoint._refusal(failed(516, text, "AUTHENTICATION_FAILED"), {})
        return await endpoint.answer(request, role)

    async def ping(request: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def close(_: web.Application) -> None:
        await asyncio.to_thread(endpoint.close)

    app = web.Application(client_max_size=MAX_BODY)
    app.on_cleanup.append(close)
    app.router.add_route("*", "/ping", ping)
    app.router.add_route("*", "/replicas_status", ping)
    app.router.add_route("*", "/", serve)
    return app


def _credentials(request: web.Request) -> tuple[str, str]:
    """User and password as clients send them: Basic, X-ClickHouse-User and -Key, or in the URL."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        try:
            name, _, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, password
    if name := request.headers.get("X-ClickHouse-User", ""):
        return name, request.headers.get("X-ClickHouse-Key", "")
    return request.query.get("user", "default"), request.query.get("password", "")


async def _asked(request: web.Request, limit: int) -> Asked:
    url = dict(request.query)
    if url.get("decompress") == "1":
        raise failed(48, "decompress=1 is not supported; use Content-Encoding", "NOT_IMPLEMENTED")
    try:
        if request.content_type == "multipart/form-data":
            body = await _multipart(request, url, limit)
        else:
            raw = await request.content.read(limit + 1) if request.can_read_body else b""
            while len(raw) <= limit and (more := await request.content.read(limit + 1 - len(raw))):
                raw += more
            body = decompressed(raw, request.headers.get("Content-Encoding", ""), limit)
    except (ValueError, OSError, zlib.error) as error:
        raise failed(89, f"the body cannot be read: {error}", "BAD_BODY") from None
    if len(body) > limit:
        raise failed(307, f"the request is larger than {limit} bytes", "TOO_MANY_BYTES")
    head = url.get("query", "").encode()
    return Asked(head + b"\n" + body if head and body else head or body, url)


async def _multipart(request: web.Request, url: dict[str, str], limit: int) -> bytes:
    taken = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise failed(48, "a form within a form is not supported", "NOT_IMPLEMENTED")
        if part.filename is not None:
            raise failed(48, "external tables are not supported by the embedded engine", "NOT_IMPLEMENTED")
        data = bytes(await part.read())
        taken += len(data)
        if taken > limit:
            raise failed(307, f"the request is larger than {limit} bytes", "TOO_MANY_BYTES")
        name = part.name or ""
        url[name] = url.get("query", "") + data.decode() if name == "query" else data.decode()
    return b""


def _broken_off(error: EngineError, tag: str) -> bytes:
    """How the server says, in the middle of an answer, that the rest will not come."""
    text = error.text.encode()
    frame = b"__exception__\r\n" + tag.encode()
    return b"\r\n" + frame + b"\r\n" + text + b"\n%d %s\r\n__exception__\r\n" % (len(text) + 1, tag.encode())
