"""Who may see the pages: users that a reverse proxy names, who know the password, or, without either, this machine.

A session is a signed cookie that expires; its key comes from the password, so that several collectors accept each
other's, and a new password ends all of them.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import web

from collector.settings import Settings, networks

COOKIE = "snag_session"
SESSION_S = 12 * 3600
ATTEMPTS = 5
"""Wrong passwords from one address within WINDOW_S; ten times as many from everywhere together."""

WINDOW_S = 60.0
LOCAL = ("localhost", "127.0.0.1", "::1")


class Visitor(NamedTuple):
    """Somebody who may see the pages. `is_known`: by name, from the proxy."""

    name: str
    is_known: bool
    session: str
    """What forms are tied to."""


class Denied(Exception):
    """The request may not see the pages; says why and what to do. `login`: logging in would help."""

    def __init__(self, words: str, *, login: bool = False) -> None:
        super().__init__(words)
        self.login = login


class TooMany(Exception):
    """Too many wrong passwords; `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Login:
    """Identifies visitors of the pages. One for each running collector."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._header = settings.pages_user_header
        self._password = settings.pages_password
        self._proxies = networks(settings.trusted_proxies, "SNAG_TRUSTED_PROXIES")
        self._host = settings.private_host
        self._clock = clock
        # Slow on purpose: a cookie that leaks must not give the password away.
        self._key = (
            hashlib.scrypt(self._password.encode(), salt=b"snagwatch pages", n=2**14, r=8, p=1)
            if self._password
            else secrets.token_bytes(32)
        )
        self._failures: dict[str, list[float]] = {}
        self._left: set[str] = set()

    @property
    def has_password(self) -> bool:
        """Whether there is a log-in form."""
        return bool(self._password)

    def visitor(self, request: web.Request) -> Visitor:
        """The visitor. Raises Denied."""
        if self._header and (name := request.headers.get(self._header, "").strip()):
            if not self._is_proxy(request.remote or ""):
                raise Denied(
                    f"{self._header} is trusted only from SNAG_TRUSTED_PROXIES, and {request.remote} is not one of them"
                )
            return Visitor(name[:200], True, f"proxy:{name[:200]}")
        if self._password:
            cookie = request.cookies.get(COOKIE, "")
            if self._is_valid(cookie):
                return Visitor("", False, cookie)
            raise Denied("log in first", login=True)
        if self._header:
            raise Denied(f"the request has no {self._header} header; use the address of the reverse proxy")
        if not is_local(self._host):
            raise Denied(
                f"the private port listens on {self._host}, and the pages have no login: set SNAG_PAGES_PASSWORD, or "
                "SNAG_PAGES_USER_HEADER and SNAG_TRUSTED_PROXIES, or let it listen on 127.0.0.1"
            )
        # Another site's name that leads to this machine must not let its scripts read the pages.
        if not is_local(urlsplit(f"//{request.host}").hostname or ""):
            raise Denied(
                f"without a login the pages are served to this machine only, and the request is for {request.host[:100]}: "
                "use 127.0.0.1 or localhost, or set SNAG_PAGES_PASSWORD"
            )
        if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via")):
            raise Denied(
                "the request came through a proxy, and the pages have no login: set SNAG_PAGES_PASSWORD, or "
                "SNAG_PAGES_USER_HEADER and SNAG_TRUSTED_PROXIES"
            )
        return Visitor("", False, "local")

    def enter(self, password: str, address: str) -> str:
        """A new session's cookie; "" for a wrong password. Raises TooMany."""
        now = self._clock()
        self._failures = {
            who: recent for who, at in self._failures.items() if (recent := [t for t in at if now - t < WINDOW_S])
        }
        mine, everyone = self._failures.get(address, []), [t for at in self._failures.values() for t in at]
        if len(mine) >= ATTEMPTS or len(everyone) >= 10 * ATTEMPTS:
            raise TooMany(int(WINDOW_S - (now - min(mine or everyone))) + 1)
        if not self._password or not hmac.compare_digest(password.encode(), self._password.encode()):
            self._failures.setdefault(address, []).append(now)
            return ""
        return self._signed(f"{int(now) + SESSION_S}.{secrets.token_urlsafe(12)}")

    def leave(self, visitor: Visitor) -> None:
        """End the session, also for whoever has copied its cookie."""
        self._left.add(visitor.session)

    def csrf(self, visitor: Visitor) -> str:
        """The token that a form of this visitor carries."""
        return hmac.new(self._key, f"form:{visitor.session}".encode(), hashlib.sha256).hexdigest()

    def check_form(self, visitor: Visitor, token: str) -> None:
        """Check a form's token. Raises Denied."""
        if not hmac.compare_digest(token.encode(), self.csrf(visitor).encode()):
            raise Denied("this form has expired, or was sent from elsewhere; reload the page")

    def is_secure(self, request: web.Request) -> bool:
        """Whether the visitor came by HTTPS, according to a trusted proxy or the connection."""
        return request.secure or (
            self._is_proxy(request.remote or "") and request.headers.get("X-Forwarded-Proto") == "https"
        )

    def _signed(self, text: str) -> str:
        return f"{text}.{hmac.new(self._key, f'session:{text}'.encode(), hashlib.sha256).hexdigest()}"

    def _is_valid(self, cookie: str) -> bool:
        text, _, _ = cookie.rpartition(".")
        if not text or not hmac.compare_digest(cookie.encode(), self._signed(text).encode()):
            return False
        return int(text.partition(".")[0]) > self._clock() and cookie not in self._left

    def _is_proxy(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self._proxies)


def same_origin(request: web.Request) -> bool:
    """Whether a form was sent from our own pages, according to the browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def is_local(host: str) -> bool:
    """Whether a name or address is this machine's own.

    >>> is_local("127.0.0.2"), is_local("localhost"), is_local("0.0.0.0"), is_local("127.0.0.1.example.com")
    (True, True, False, False)
    """
    if host in LOCAL:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
