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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from collector.store import client
from collector.store.client import StoreInUse
from collector.store.sql_port.endpoint import MAX_BODY, SqlEndpoint
from collector.store.sql_port.sessions import Role
from collector.store.store import Store

SQL_PATH = "/v1/sql"

__all__ = ["MAX_BODY", "SQL_PATH", "add_sql_route", "announced", "open_store", "owner_file", "through"]


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
            raise StoreInUse(f"{path} belongs to another user: run this command as the user of `snag serve`") from None
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
    endpoint = SqlEndpoint(dsn)
    owner = Role("owner", writes=True)

    async def sql(request: web.Request) -> web.StreamResponse:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), token.encode()):
            return web.Response(status=403, text="this needs the token of the file beside the store\n")
        return await endpoint.answer(request, owner)

    async def close(_: web.Application) -> None:
        await asyncio.to_thread(endpoint.close)

    app.router.add_route("*", SQL_PATH, sql)
    app.on_cleanup.append(close)
