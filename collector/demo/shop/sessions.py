"""Who is shopping: visitors by a random cookie, in memory, bounded, gone with the process."""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from collector.demo.shop.carts import Visitor

COOKIE = "shop_session"

MAX_VISITORS = 5_000
"""Visitors remembered; beyond it the one unseen longest is forgotten. A demo day has a few hundred."""

VisitorHandler = Callable[[web.Request, Visitor], Awaitable[web.StreamResponse]]
Route = tuple[str, str, VisitorHandler]
"""Method, path and handler of a page or API address; the handler is told whose request it is."""


class Visitors:
    """Sessions by their random id, the least recently seen first."""

    def __init__(self, limit: int = MAX_VISITORS) -> None:
        self._limit = limit
        self._visitors: OrderedDict[str, Visitor] = OrderedDict()

    def __len__(self) -> int:
        return len(self._visitors)

    def find(self, session: str | None) -> Visitor | None:
        """The visitor of a session we gave out and still know."""
        if session is None or session not in self._visitors:
            return None
        self._visitors.move_to_end(session)
        return self._visitors[session]

    def welcome(self) -> tuple[str, Visitor]:
        """A new visitor and the session id to hand out."""
        session, visitor = secrets.token_urlsafe(16), Visitor()
        self._visitors[session] = visitor
        if len(self._visitors) > self._limit:
            self._visitors.popitem(last=False)
        return session, visitor

    def told(self, handler: VisitorHandler) -> Handler:
        """The handler as the server calls it: finds the visitor, or welcomes one with a cookie."""

        async def handle(request: web.Request) -> web.StreamResponse:
            session = request.cookies.get(COOKIE)
            visitor = self.find(session)
            if visitor is not None:
                return await handler(request, visitor)
            session, visitor = self.welcome()
            answer = await handler(request, visitor)
            answer.set_cookie(COOKIE, session, httponly=True, samesite="Lax")
            return answer

        return handle
