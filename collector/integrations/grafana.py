"""Puts boards into a running Grafana through its HTTP API; a board that somebody else made or changed is left alone.

Works with Grafana 10 and newer (`/api/folders`, `/api/dashboards`, `/api/datasources`), under any path prefix.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import aiohttp

TAG = "snagwatch"
FOLDER_UID = "snagwatch"
TIMEOUT_S = 30
PLUGINS = {"grafana-clickhouse-datasource": "ClickHouse", "prometheus": "Prometheus"}
"""What boards ask, by Grafana's name of the plugin."""

_OF_GRAFANA = frozenset({"id", "version"})
"""What Grafana itself writes into a board."""

Board = dict[str, Any]


class GrafanaRefused(Exception):
    """Grafana did not do it; says what was asked, what it answered, and what would be right."""


class Installed(NamedTuple):
    """What became of one board."""

    uid: str
    title: str
    done: Literal["created", "updated", "unchanged"]
    url: str


def boards() -> list[Board]:
    """All boards of this version, as Grafana keeps them."""
    folder = files("collector").joinpath("static", "dashboards")
    found = [json.loads(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".json")]
    return sorted(found, key=lambda board: str(board["uid"]))


def checked(url: str) -> str:
    """Grafana's address without a slash at its end.

    Raises GrafanaRefused for what is not an address, or has a password in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise GrafanaRefused(f"--url {url}: expected http://HOST:3000 or https://HOST/grafana")
    if parts.username or parts.password:
        raise GrafanaRefused("--url has a user or password in it; give a service account's token by --token-file")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


class Grafana:
    """One Grafana, seen with one token."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session, self.url = session, checked(url)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    async def missing(self, wanted: Sequence[Board]) -> list[str]:
        """Kinds of data source that boards ask and that this Grafana has none of; nothing if it does not say."""
        status, found = await self._ask("GET", "/api/datasources", allowed=(200, 403))
        if status == 403:  # an editor's token may not look
            return []
        there = {one.get("type") for one in found if isinstance(one, Mapping)}
        asked = {v["query"] for board in wanted for v in board["templating"]["list"] if v["type"] == "datasource"}
        return [PLUGINS[kind] for kind in sorted(asked - there)]

    async def folder(self, title: str, uid: str = FOLDER_UID) -> None:
        """Make the folder unless it is there; an existing one keeps its name and its permissions."""
        status, _ = await self._ask("GET", f"/api/folders/{uid}", allowed=(200, 404))
        if status == 404:
            # 409, 412: somebody made it in between
            await self._ask("POST", "/api/folders", {"uid": uid, "title": title}, allowed=(200, 409, 412))

    async def install(self, board: Board, folder: str = FOLDER_UID, *, overwrite: bool = False) -> Installed:
        """Create the board, or bring it up to date.

        Raises GrafanaRefused where its uid belongs to a board without our tag, or somebody changed it meanwhile, unless
        `overwrite`; and where it comes from a provisioning file, which no API can change.
        """
        uid, title = str(board["uid"]), str(board["title"])
        status, found = await self._ask("GET", f"/api/dashboards/uid/{uid}", allowed=(200, 404))
        old: Board = found.get("dashboard", {}) if status == 200 else {}
        meta = found.get("meta", {}) if status == 200 else {}
        if old and _bare(old) == _bare(board) and meta.get("folderUid", folder) == folder:
            return Installed(uid, title, "unchanged", self._link(meta.get("url", f"/d/{uid}")))
        if meta.get("provisioned"):
            raise GrafanaRefused(
                f"{uid} comes from a provisioning file of this Grafana, which its API cannot change: update that file, "
                "or take it away and run this again"
            )
        if old and TAG not in old.get("tags", ()) and not overwrite:
            raise GrafanaRefused(
                f"{uid} is a board of somebody else ({old.get('title')}): without the tag {TAG} it is not replaced. "
                "Give it another uid, or use --overwrite"
            )
        wanted = {**board, "id": None, "version": old.get("version", 0)}
        body = {
            "dashboard": wanted,
            "folderUid": folder,
            "overwrite": overwrite,
            "message": "snag dashboards install",
        }
        status, answer = await self._ask("POST", "/api/dashboards/db", body, allowed=(200, 412))
        if status == 412:
            raise GrafanaRefused(_conflict(uid, answer))
        return Installed(uid, title, "updated" if old else "created", self._link(answer.get("url", f"/d/{uid}")))

    def _link(self, path: str) -> str:
        prefix = urlsplit(self.url).path
        return self.url.removesuffix(prefix) + path if prefix and path.startswith(prefix) else self.url + path

    async def _ask(self, method: str, path: str, body: Any = None, *, allowed: Sequence[int]) -> tuple[int, Any]:
        what = f"{method} {self.url}{path}"
        try:
            async with self._session.request(
                method,
                self.url + path,
                json=body,
                headers=self._headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            ) as answer:
                text = await answer.text(errors="replace")
                status, place = answer.status, answer.headers.get("Location", "")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GrafanaRefused(f"{what}: {error or 'no answer'}; is that Grafana's address?") from None
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if status in allowed and found is not None:
            return status, found
        raise GrafanaRefused(f"{what}: {_why(status, place, found, text)}")


def _bare(board: Board) -> Board:
    return {name: value for name, value in board.items() if name not in _OF_GRAFANA}


def _conflict(uid: str, answer: Any) -> str:
    status = answer.get("status", "") if isinstance(answer, Mapping) else ""
    if status == "name-exists":
        return f"{uid}: the folder has another board of that name; rename it, or choose another --folder"
    if status == "plugin-dashboard":
        return f"{uid} belongs to a plugin; --overwrite replaces it"
    return f"{uid} was changed while it was written (version-mismatch): run it again, or use --overwrite"


def _why(status: int, place: str, found: Any, text: str) -> str:
    said = found.get("message", "") if isinstance(found, Mapping) else ""
    said = f" ({said})" if said else ""
    match status:
        case 401:
            return f"401{said}: the token is wrong or has expired; make one for a service account with the role Editor"
        case 403:
            needs = "its service account needs the role Editor (or dashboards:write and folders:create)"
            return f"403{said}: the token may not do this; {needs}"
        case 404:
            return f"404{said}: is that Grafana's address, with its path prefix?"
        case _ if 300 <= status < 400:
            return f"it leads on to {place}: give that address"
        case 200:
            return f"it answered no JSON: {text[:80]!r}; is that Grafana's address, or a log-in in front of it?"
        case _:
            return f"{status}{said or ' ' + text[:200]}"
