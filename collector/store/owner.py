"""How a command finds the process that owns an embedded store: a file beside it, and SQL over the private port.

The embedded engine allows one process. `snag serve` is that process; it leaves its address and a token in a
file that only the same user can read, and answers ClickHouse's own HTTP protocol at SQL_PATH to whoever has the
token. So a command beside it uses the same client and the same queries as everywhere.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from collector.store import client
from collector.store.client import StoreInUse
from collector.store.store import Store

SQL_PATH = "/v1/sql"
_INSERT = re.compile(rb"\s*(INSERT\s+INTO\b[^\0]*?)\s+FORMAT\s+(\w+)(?:\s*?\n|\s*$)", re.IGNORECASE)
_FORMAT = re.compile(r"\s+FORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)")
MAX_BODY = 256 * 2**20
"""Largest insert that is taken in one request: the private application must let it through."""


def owner_file(dsn: str) -> Path:
    """Where the owner of an embedded store says who it is."""
    folder = Path(urlsplit(dsn).path)
    return folder.with_name(folder.name + ".owner")


@contextmanager
def announced(dsn: str, url: str, token: str) -> Iterator[None]:
    """While inside, commands find this process at `url` and show it `token`."""
    path = owner_file(dsn)
    path.unlink(missing_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump({"pid": os.getpid(), "url": url, "token": token}, file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def open_store(dsn: str) -> Store:
    """The store, directly or, if another process owns it, through that process.

    Raises StoreUnreachable, StoreInUse (owned by a process that is no `snag serve`).
    """
    try:
        return Store.open(dsn)
    except StoreInUse:
        path = owner_file(dsn)
        if not path.exists():
            raise
        try:
            owner = json.loads(path.read_text(encoding="utf-8"))
        except PermissionError:
            raise StoreInUse(
                f"{path} belongs to another user: run this command as the user of `snag serve`"
            ) from None
    return through(owner["url"], owner["token"])


def through(url: str, token: str) -> Store:
    """The store of the collector whose private port is at `url`."""
    at = urlsplit(url)
    return Store(
        client.server(
            f"behind {url}",
            host=at.hostname or "",
            port=at.port or 80,
            proxy_path=SQL_PATH,
            access_token=token,
        )
    )


def add_sql_route(app: web.Application, dsn: str, token: str) -> None:
    """Answer ClickHouse's HTTP protocol for the embedded store at `dsn` to whoever shows `token`."""
    import chdb  # half a gigabyte: only where an embedded store is open anyway

    path = urlsplit(dsn).path

    async def sql(request: web.Request) -> web.Response:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), token.encode()):
            return web.Response(status=403, text="this needs the token of the file beside the store\n")
        body = await request.read()
        try:
            kind, answer = await asyncio.to_thread(run_request, chdb.connect, path, request.query, body)
        except RuntimeError as error:
            text = str(error)
            code = _CODE.search(text)
            return web.Response(
                status=500, text=text, headers={"X-ClickHouse-Exception-Code": code[1] if code else "1000"}
            )
        return web.Response(
            body=answer, headers={"X-ClickHouse-Format": kind, "X-ClickHouse-Timezone": "UTC"}
        )

    app.router.add_route("*", SQL_PATH, sql)


def run_request(connect: Any, path: str, query: Mapping[str, str], body: bytes) -> tuple[str, bytes]:
    """Run one request on a handle of its own; settings then hold for it alone."""
    handle = connect(path)
    try:
        for name, value in client.SETTINGS.items():
            handle.query(f"SET {name} = '{value}'")
        # The statement is in the URL, in the body, or begins in the one and goes on in the other.
        head = query.get("query", "").encode()
        request = head + b"\n" + body if head and body else head or body
        if insert := _INSERT.match(request):
            kind = insert[2].decode()
            stream = handle.send_insert(insert[1].decode(), kind)
            stream.append(request[insert.end() :])
            stream.finish()
            return kind, b""
        text = request.decode()
        parameters = {key[6:]: value for key, value in query.items() if key.startswith("param_")}
        named = _FORMAT.search(text)
        kind = named[1] if named else query.get("default_format", "TabSeparated")
        if named:
            text = text[: named.start()]
        return kind, handle.query(text, kind, params=parameters).bytes() or b""
    finally:
        handle.close()
