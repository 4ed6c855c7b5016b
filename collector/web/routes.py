"""The pages on the private port: everything that is not theirs stays as it is, everything of theirs asks who looks."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError
from prometheus_client import CollectorRegistry

from collector.friction import points
from collector.friction.cause_evidence import CLASSES, SUBS
from collector.friction.points import NoPoint, Override
from collector.settings import Settings
from collector.store import Store, StoreUnreachable
from collector.store.client import StoreInUse
from collector.surges.find import NoSite
from collector.times import BadTime
from collector.web import friction, journeys, operations, releases, render, surge, surveys
from collector.web.login import COOKIE, SESSION_S, Login, Refused, TooMany, Visitor, same_origin
from collector.web.scope import BadLook, Look, look
from collector.web.strings import T

log = logging.getLogger(__name__)

LOOKERS = 2
"""Pages that are put together at a time: whoever looks must not take the machine from the beacons."""

MOST_DAYS = 365
WORTH_KEEPING_S = 20.0
"""A page that was put together within so many seconds is given again: a wall screen costs no more than a person."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
}  # fmt: skip

ANSWERS: Mapping[str, Callable[[Look], dict[str, Any]]] = {
    "surges": surge.answer, "friction": friction.answer, "journeys": journeys.answer,
    "releases": releases.answer, "surveys": surveys.answer,
}  # fmt: skip

Handler = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]


class _Missing(Exception):
    """There is no such page."""


class Stores:
    """An open store for each thread that looks; they are opened when first needed."""

    def __init__(self, opened: Callable[[], Store]) -> None:
        self._opened = opened
        self._own = threading.local()
        self._all: list[Store] = []
        self._threads = ThreadPoolExecutor(LOOKERS, thread_name_prefix="pages")

    async def ask(self, work: Callable[[Store], Any]) -> Any:
        """What `work` makes of a store, in a thread of ours."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)

    def close(self) -> None:
        """Let go of them."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for store in self._all:
            store.close()

    def _do(self, work: Callable[[Store], Any]) -> Any:
        store: Store | None = getattr(self._own, "store", None)
        if store is None:
            store = self._own.store = self._opened()
            self._all.append(store)
        return work(store)


def add_page_routes(
    app: web.Application,
    settings: Settings,
    opened: Callable[[], Store],
    registry: CollectorRegistry,
    *,
    clock: Callable[[], float] = time.time,
) -> None:
    """The six pages, those of one surge and one friction point, the form of an override, log in and log out."""
    login = Login(settings, clock)
    stores = Stores(opened)
    kept: dict[str, tuple[float, str, dict[str, Any]]] = {}

    def now() -> datetime:
        return datetime.fromtimestamp(clock(), UTC)

    def guarded(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                visitor = login.visitor(request)
                if request.method == "POST":
                    if not same_origin(request):
                        raise Refused("this form was sent from another site")
                    login.check_form(visitor, str((await request.post()).get("csrf", "")))
                return await handler(request, visitor)
            except Refused as error:
                if error.login and request.method == "GET":
                    return _html(render.plain("login", problem="", next=_path(request.path_qs)), status=401)
                return _problem(403, T.page.failed, str(error))
            except (BadLook, BadTime, NoPoint) as error:
                return _problem(400, T.page.failed, str(error))
            except NoSite as error:
                return _problem(200, T.page.no_data, str(error))
            except _Missing:
                return _problem(404, T.page.not_found, request.path[:200])
            except (StoreUnreachable, StoreInUse, ClickHouseError) as error:
                log.warning("%s cannot be shown: %s", request.path, str(error).splitlines()[0][:300])
                return _problem(503, T.page.failed, T.page.try_again)

        return handle

    def shown(name: str, work: Callable[[Look], dict[str, Any] | None]) -> Handler:
        async def handle(request: web.Request, visitor: Visitor) -> web.Response:
            nonce, asked = secrets.token_urlsafe(16), dict(request.query)
            more = {
                "nonce": nonce,
                "csrf": login.csrf(visitor),
                "user": visitor.name or ("•" if login.has_password else ""),
                "user_is_known": visitor.is_known,
                "form_action": request.path_qs,
                "classes": CLASSES,
                "subs": SUBS,
                "saved": bool(asked.get("saved")),
            }
            if not login.has_password:
                more["user"] = visitor.name

            def put_together(store: Store) -> str:
                seen = look(store, settings, asked, now())
                key = request.path_qs
                at, _, found = kept.get(key, (0.0, "", {}))
                if not found or clock() - at > WORTH_KEEPING_S:
                    made = work(seen)
                    if made is None:
                        raise _Missing
                    found, at = made, clock()
                    kept[key] = (at, "", found)
                    for old in [k for k, (since, *_) in kept.items() if clock() - since > WORTH_KEEPING_S]:
                        kept.pop(old, None)
                return render.page(name, seen._replace(now=datetime.fromtimestamp(at, UTC)), found, **more)

            return _html(await stores.ask(put_together), nonce)

        return handle

    async def home(request: web.Request, visitor: Visitor) -> web.Response:
        raise web.HTTPFound("/surges" + (f"?{request.query_string}" if request.query_string else ""))

    async def override(request: web.Request, visitor: Visitor) -> web.Response:
        given = await request.post()
        fingerprint = request.match_info["fingerprint"]

        def keep(store: Store) -> None:
            app_name = look(store, settings, dict(request.query), now()).app
            who = visitor.name or str(given.get("who", "")).strip()[:200]
            if given.get("take_back"):
                points.take_back(store, app_name, fingerprint, who or "–", now())
            else:
                points.override(
                    store,
                    app_name,
                    Override(
                        fingerprint,
                        str(given.get("class", "")),
                        str(given.get("sub", "")),
                        who,
                        str(given.get("why", "")).strip()[:1000],
                        now() + timedelta(days=_days(str(given.get("days", "")))),
                    ),
                    now(),
                )

        await stores.ask(keep)
        kept.clear()
        raise web.HTTPSeeOther(str(request.rel_url.update_query(saved="1")))

    async def log_in(request: web.Request) -> web.StreamResponse:
        if not login.has_password:
            return _problem(404, T.page.not_found, request.path)
        if not same_origin(request):
            return _problem(403, T.page.failed, "this form was sent from another site")
        given = await request.post()
        onward = _path(str(given.get("next", "/")))
        try:
            cookie = login.enter(str(given.get("password", "")), request.remote or "")
        except TooMany as error:
            words = T.login.too_many.format(seconds=error.seconds)
            answer = _html(render.plain("login", problem=words, next=onward), status=429)
            answer.headers["Retry-After"] = str(error.seconds)
            return answer
        if not cookie:
            log.warning("a wrong password for the pages")
            return _html(render.plain("login", problem=T.login.wrong, next=onward), status=401)
        into = web.HTTPSeeOther(onward)
        into.set_cookie(
            COOKIE,
            cookie,
            max_age=SESSION_S,
            httponly=True,
            samesite="Lax",
            secure=login.is_secure(request),
            path="/",
        )
        raise into

    async def log_out(request: web.Request, visitor: Visitor) -> web.Response:
        login.leave(visitor)
        out = web.HTTPSeeOther("/surges")
        out.del_cookie(COOKIE, path="/")
        raise out

    def one_surge(request: web.Request) -> Callable[[Look], dict[str, Any] | None]:
        with suppress(ValueError):
            surge_id = UUID(request.match_info["surge_id"])
            return lambda seen: surge.one(seen, surge_id)
        return lambda seen: None

    async def surge_page(request: web.Request, visitor: Visitor) -> web.StreamResponse:
        return await shown("surge", one_surge(request))(request, visitor)

    async def point_page(request: web.Request, visitor: Visitor) -> web.StreamResponse:
        fingerprint = request.match_info["fingerprint"]
        return await shown("point", lambda seen: friction.point(seen, fingerprint))(request, visitor)

    add = app.router.add_get
    add("/", guarded(home))
    for name, work in ANSWERS.items():
        add(f"/{name}", guarded(shown(name, work)))
    add("/operations", guarded(shown("operations", lambda seen: operations.answer(seen, registry))))
    add("/surges/{surge_id}", guarded(surge_page))
    add("/friction/{fingerprint}", guarded(point_page))
    app.router.add_post("/friction/{fingerprint}", guarded(override))
    app.router.add_post("/login", log_in)
    app.router.add_post("/logout", guarded(log_out))
    _add_static(app)

    async def close(_: web.Application) -> None:
        await asyncio.to_thread(stores.close)

    app.on_cleanup.append(close)


def _add_static(app: web.Application) -> None:
    """Files without anything of the site's: they need no login."""
    for name, kind in (("pages.css", "text/css"), ("pages.js", "text/javascript")):
        text = render.static(name)

        async def own(request: web.Request, text: str = text, kind: str = kind) -> web.Response:
            return web.Response(text=text, content_type=kind, headers={**HEADERS, "Cache-Control": "no-cache"})

        app.router.add_get(f"/static/{name}", own)

    async def plotly(request: web.Request) -> web.StreamResponse:
        # From the installed package: nothing of it is kept here, and it is updated with it.
        path = files("plotly").joinpath("package_data", "plotly.min.js")
        return web.FileResponse(str(path), headers={**HEADERS, "Cache-Control": "max-age=86400"})

    app.router.add_get("/static/plotly.js", plotly)


def _html(text: str, nonce: str = "", *, status: int = 200) -> web.Response:
    policy = POLICY.replace(" 'nonce-{nonce}'", f" 'nonce-{nonce}'" if nonce else "")
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _problem(status: int, title: str, words: str) -> web.Response:
    return _html(render.plain("problem", title=title, words=words), status=status)


def _path(given: str) -> str:
    """Where to go on after logging in: a path of ours, never another site's.

    >>> _path("/friction?since=7d"), _path("//evil.example"), _path("https://evil.example/"), _path("/" + chr(92) + "evil")
    ('/friction?since=7d', '/', '/', '/')
    """
    parts = urlsplit(given)
    ours = given.startswith("/") and not parts.netloc and not parts.scheme and "\\" not in given and given.isprintable()
    return given[:2000] if ours else "/"


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise BadLook(f"{text[:20]!r} is no number of days; right would be 1 to {MOST_DAYS}")
    return int(text)
