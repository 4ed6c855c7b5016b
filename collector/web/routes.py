"""The pages on the private port. Routes of others stay as they are; every page of ours requires a visitor who may see it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler
from cachetools import TTLCache
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
from collector.web.login import COOKIE, SESSION_S, Denied, Login, TooMany, Visitor, same_origin
from collector.web.scope import BadScope, Scope, read_scope
from collector.web.strings import T

log = logging.getLogger(__name__)

THREADS = 2
"""Pages that are rendered at a time: visitors of the pages must not take the machine from the beacons."""

MAX_DAYS = 365
CACHE_S = 20.0
CACHED_PAGES = 256
"""Rendered pages are cached for CACHE_S, so a dashboard display costs no more than one visitor."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
}  # fmt: skip

PAGES: Mapping[str, Callable[[Scope], dict[str, Any]]] = {
    "surges": surge.load, "friction": friction.load, "journeys": journeys.load,
    "releases": releases.load, "surveys": surveys.load,
}  # fmt: skip

VISITOR: web.RequestKey[Visitor] = web.RequestKey("visitor", Visitor)

Result = TypeVar("Result")
Loader = Callable[[Scope], dict[str, Any] | None]


class NoPage(Exception):
    """There is no such page."""


class Cached(NamedTuple):
    """What a page shows, and when it was loaded."""

    at: float
    content: dict[str, Any]


class Stores:
    """One open store for each rendering thread, opened when first needed."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open = open_store
        self._local = threading.local()
        self._all: list[Store] = []
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pages")

    async def run(self, work: Callable[[Store], Result]) -> Result:
        """Run `work` with a store, in a thread of ours."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def close(self) -> None:
        """Close them all."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for store in self._all:
            store.close()

    def _run(self, work: Callable[[Store], Result]) -> Result:
        store: Store | None = getattr(self._local, "store", None)
        if store is None:
            store = self._local.store = self._open()
            self._all.append(store)
        return work(store)


def add_page_routes(
    app: web.Application,
    settings: Settings,
    open_store: Callable[[], Store],
    registry: CollectorRegistry,
    *,
    clock: Callable[[], float] = time.time,
) -> None:
    """Add the six pages, those of one surge and one friction point, the form of an override, log in and log out."""
    pages = Pages(settings, open_store, registry, clock)
    app.middlewares.append(pages.guard)
    add = app.router.add_get
    add("/", pages.home)
    for name in render.NAVIGATION:
        add(f"/{name}", pages.page)
    add("/surges/{surge_id}", pages.surge)
    add("/friction.csv", pages.friction_csv)
    add("/friction/{fingerprint}", pages.point)
    app.router.add_post("/friction/{fingerprint}", pages.override)
    app.router.add_post("/surges/{surge_id}", pages.review)
    app.router.add_post("/logout", pages.log_out)
    app.router.add_post("/login", pages.log_in)
    add("/static/pages.css", stylesheet)
    add("/static/pages.js", script)
    add("/static/plotly.js", plotly)
    app.on_cleanup.append(pages.close)


class Pages:
    """Handlers of the pages. Those in `self._public` work without a visitor; of all the guard maps the errors."""

    def __init__(
        self,
        settings: Settings,
        open_store: Callable[[], Store],
        registry: CollectorRegistry,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._login = Login(settings, clock)
        self._stores = Stores(open_store)
        self._cache: TTLCache[str, Cached] = TTLCache(CACHED_PAGES, CACHE_S, timer=clock)
        self._cache_lock = threading.Lock()
        self._loaders: dict[str, Loader] = {**PAGES, "operations": lambda scope: operations.load(scope, registry)}
        self._public = (self.log_in,)

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Admit visitors to our own routes, and answer their errors as pages."""
        route = request.match_info.handler
        if getattr(route, "__self__", None) is not self:
            if isinstance(request.match_info.http_exception, web.HTTPNotFound) and _wants_html(request):
                return _not_found(request)
            return await handler(request)
        try:
            if route not in self._public:
                request[VISITOR] = await self._admit(request)
            return await handler(request)
        except Denied as error:
            if error.login and request.method == "GET":
                return _html(render.plain("login", problem="", next=_path(request.path_qs)), status=401)
            return _problem(403, T.page.failed, str(error))
        except (BadScope, BadTime, NoPoint) as error:
            return _problem(400, T.page.failed, str(error))
        except NoSite as error:
            return _problem(200, T.page.no_data, str(error))
        except NoPage:
            return _not_found(request)
        except (StoreUnreachable, StoreInUse, ClickHouseError) as error:
            log.warning("Cannot show %s: %s", request.path, str(error).splitlines()[0][:300])
            return _problem(503, T.page.failed, T.page.try_again)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("Cannot show %s", request.path)
            return _problem(500, T.page.failed, T.page.fault)

    async def home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/surges" + (f"?{request.query_string}" if request.query_string else ""))

    async def page(self, request: web.Request) -> web.StreamResponse:
        """One of the six."""
        name = request.path.strip("/")
        return await self._show(request, name, self._loaders[name])

    async def surge(self, request: web.Request) -> web.StreamResponse:
        surge_id = _surge_id(request)
        return await self._show(request, "surge", lambda scope: surge.load_one(scope, surge_id))

    async def review(self, request: web.Request) -> web.StreamResponse:
        """Store whether a verdict was right."""
        surge_id, query = _surge_id(request), dict(request.query)
        right = str((await request.post()).get("right", ""))
        if right not in ("0", "1"):
            raise BadScope(f"right: {right[:20]!r} is not an answer; expected 1 or 0")

        def save(store: Store) -> bool:
            return surge.review(read_scope(store, self._settings, query, self._now()), surge_id, right == "1")

        if not await self._stores.run(save):
            raise NoPage
        with self._cache_lock:
            self._cache.clear()
        raise web.HTTPSeeOther(str(request.rel_url))

    async def point(self, request: web.Request) -> web.StreamResponse:
        fingerprint = request.match_info["fingerprint"]
        return await self._show(request, "point", lambda scope: friction.load_point(scope, fingerprint))

    async def friction_csv(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)

        def table(store: Store) -> str:
            return friction.table(read_scope(store, self._settings, query, self._now()))

        text = await self._stores.run(table)
        headers = {
            **HEADERS,
            "Content-Disposition": 'attachment; filename="friction-points.csv"',
            "Cache-Control": "no-store",
        }
        return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)

    async def override(self, request: web.Request) -> web.StreamResponse:
        """Store or remove a person's decision about a cause."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        fingerprint = request.match_info["fingerprint"]
        who = request[VISITOR].name or form.get("who", "").strip()[:200]
        query = dict(request.query)

        def save(store: Store) -> None:
            now = self._now()
            app = read_scope(store, self._settings, query, now).app
            if form.get("remove"):
                points.take_back(store, app, fingerprint, who or "–", now)
                return
            until = now + timedelta(days=_days(form.get("days", "")))
            why = form.get("why", "").strip()[:1000]
            decision = Override(fingerprint, form.get("class", ""), form.get("sub", ""), who, why, until)
            points.override(store, app, decision, now)

        await self._stores.run(save)
        with self._cache_lock:
            self._cache.clear()
        raise web.HTTPSeeOther(str(request.rel_url.update_query(saved="1")))

    async def log_in(self, request: web.Request) -> web.StreamResponse:
        if not self._login.has_password:
            raise NoPage
        if not same_origin(request):
            raise Denied("this form was sent from another site")
        form = await request.post()
        onward = _path(str(form.get("next", "/")))
        try:
            cookie = self._login.enter(str(form.get("password", "")), request.remote or "")
        except TooMany as error:
            words = T.login.too_many.format(seconds=error.seconds)
            response = _html(render.plain("login", problem=words, next=onward), status=429)
            response.headers["Retry-After"] = str(error.seconds)
            return response
        if not cookie:
            log.warning("Wrong password for the pages")
            return _html(render.plain("login", problem=T.login.wrong, next=onward), status=401)
        redirect = web.HTTPSeeOther(onward)
        secure = self._login.is_secure(request)
        redirect.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="Lax", secure=secure, path="/")
        raise redirect

    async def log_out(self, request: web.Request) -> web.StreamResponse:
        self._login.leave(request[VISITOR])
        redirect = web.HTTPSeeOther("/surges")
        redirect.del_cookie(COOKIE, path="/")
        raise redirect

    async def close(self, app: web.Application) -> None:
        """Close the stores."""
        await asyncio.to_thread(self._stores.close)

    async def _admit(self, request: web.Request) -> Visitor:
        """The visitor, who may also send this form. Raises Denied."""
        visitor = self._login.visitor(request)
        if request.method == "POST":
            if not same_origin(request):
                raise Denied("this form was sent from another site")
            self._login.check_form(visitor, str((await request.post()).get("csrf", "")))
        return visitor

    async def _show(self, request: web.Request, name: str, load: Loader) -> web.StreamResponse:
        nonce, query, key = secrets.token_urlsafe(16), dict(request.query), request.path_qs
        frame = self._frame(request, nonce)

        def render_page(store: Store) -> str:
            scope = read_scope(store, self._settings, query, self._now())
            cached = self._cached(key, scope, load)
            return render.page(
                name, scope._replace(now=datetime.fromtimestamp(cached.at, UTC)), cached.content, **frame
            )

        return _html(await self._stores.run(render_page), nonce)

    def _cached(self, key: str, scope: Scope, load: Loader) -> Cached:
        with self._cache_lock:
            cached = self._cache.get(key)
        if cached is None:
            content = load(scope)
            if content is None:
                raise NoPage
            cached = Cached(self._clock(), content)
            with self._cache_lock:
                self._cache[key] = cached
        return cached

    def _frame(self, request: web.Request, nonce: str) -> dict[str, Any]:
        visitor = request[VISITOR]
        return {
            "nonce": nonce,
            "csrf": self._login.csrf(visitor),
            # Whoever knows the password has no name, and can still log out.
            "user": visitor.name or ("•" if self._login.has_password else ""),
            "user_is_known": visitor.is_known,
            "form_action": request.path_qs,
            "classes": CLASSES,
            "subs": SUBS,
            "saved": bool(request.query.get("saved")),
        }

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _surge_id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["surge_id"])
    except ValueError:
        raise NoPage from None


async def stylesheet(request: web.Request) -> web.StreamResponse:
    """Style the pages. Files without anything of the site's need no login."""
    return _static(render.stylesheet(), "text/css")


async def script(request: web.Request) -> web.StreamResponse:
    """Make the charts interactive."""
    return _static(render.static("pages.js"), "text/javascript")


async def plotly(request: web.Request) -> web.StreamResponse:
    """Serve the script of the installed package: nothing of it is copied here. Without it, charts stay drawings."""
    if find_spec("plotly") is None:
        raise web.HTTPNotFound(text="charts cannot be zoomed: pip install 'snagwatch[pages]'")
    path = files("plotly").joinpath("package_data", "plotly.min.js")
    return web.FileResponse(str(path), headers={**HEADERS, "Cache-Control": "max-age=86400"})


def _static(text: str, kind: str) -> web.Response:
    return web.Response(text=text, content_type=kind, headers={**HEADERS, "Cache-Control": "no-cache"})


def _html(text: str, nonce: str = "", *, status: int = 200) -> web.Response:
    policy = POLICY.replace(" 'nonce-{nonce}'", f" 'nonce-{nonce}'" if nonce else "")
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _wants_html(request: web.Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _not_found(request: web.Request) -> web.Response:
    return _problem(404, T.page.not_found, T.page.not_found_words.format(path=request.path[:200]))


def _problem(status: int, title: str, words: str) -> web.Response:
    return _html(render.plain("problem", title=title, words=words), status=status)


def _path(given: str) -> str:
    """Where to continue after logging in: a path of ours, never another site's.

    >>> _path("/friction?since=7d"), _path("//evil.example"), _path("https://evil.example/"), _path("/" + chr(92) + "evil")
    ('/friction?since=7d', '/', '/', '/')
    """
    parts = urlsplit(given)
    ours = given.startswith("/") and not parts.netloc and not parts.scheme and "\\" not in given and given.isprintable()
    return given[:2000] if ours else "/"


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_DAYS:
        raise BadScope(f"days: {text[:20]!r} is not a valid number of days; expected 1 to {MAX_DAYS}")
    return int(text)
