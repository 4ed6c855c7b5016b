"""Who may look at the pages, and what nobody can do to those who may."""

import re

import aiohttp
import pytest
import pytest_asyncio

from collector.settings import BadSetting, Settings, load
from collector.store.queries import causes as cause_queries
from collector.web.login import COOKIE
from tests.web.site import Clock, served

PATHS = ("/surges", "/friction", "/journeys", "/releases", "/surveys", "/operations")
OPEN = {
    "/livez",
    "/readyz",
    "/metrics",
    "/static/pages.css",
    "/static/pages.js",
    "/static/plotly.js",
    "/login",
}


@pytest_asyncio.fixture(loop_scope="session")
async def http():
    # Cookies of addresses without a name are kept too.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def get(http, url, **given):
    async with http.get(url, allow_redirects=False, **given) as answer:
        return answer.status, await answer.text(), answer.headers


async def post(http, url, data, **given):
    async with http.post(url, data=data, allow_redirects=False, **given) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_without_a_login_only_this_machine_may_look(dsn, settings, http):
    async with served(dsn, settings) as url:
        assert (await get(http, f"{url}/surges"))[0] == 200
        status, text, _ = await get(http, f"{url}/surges", headers={"Host": "rebound.example:80"})
        assert status == 403
        assert "SNAG_PAGES_PASSWORD" in text
        assert (await get(http, f"{url}/surges", headers={"X-Forwarded-For": "203.0.113.7"}))[0] == 403
    async with served(dsn, settings, private_host="0.0.0.0") as url:
        status, text, _ = await get(http, f"{url}/surges")
        assert status == 403
        assert "the private port listens on 0.0.0.0" in text
        assert (await get(http, f"{url}/livez"))[0] == 200


async def test_every_address_of_the_private_port_wants_a_login_but_those_that_are_meant_to_be_open(dsn, settings):
    """No endpoint is open by accident: the routes are asked, not a list of them."""
    from aiohttp import web
    from prometheus_client import CollectorRegistry

    from collector.intake.private_port import build_private
    from collector.telemetry import Metrics
    from collector.web.routes import add_page_routes

    metrics = Metrics(CollectorRegistry())
    app = build_private(metrics, lambda: "", max_body=2**20)
    add_page_routes(app, settings, lambda: None, metrics.registry)
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert {path for _, path in routes} >= set(PATHS)
    async with served(dsn, settings, pages_password="correct horse") as url, aiohttp.ClientSession() as http:
        for method, path in sorted(routes):
            if path in OPEN or method == "HEAD":
                continue
            asked = path.replace("{surge_id}", "1").replace("{fingerprint}", "0" * 16)
            async with http.request(method, url + asked, allow_redirects=False) as answer:
                assert answer.status in (401, 403), (method, path)
                assert "shop" not in await answer.text()
    assert isinstance(app, web.Application)


async def test_a_password_opens_a_session_that_ends(dsn, settings, http):
    clock = Clock()
    async with served(dsn, settings, clock, pages_password="correct horse") as url:
        status, text, headers = await get(http, f"{url}/friction?since=24h")
        assert status == 401
        assert 'name="next" value="/friction?since=24h"' in text
        status, text, _ = await post(http, f"{url}/login", {"password": "wrong", "next": "/"})
        assert status == 401
        assert "Wrong password." in text
        status, _, headers = await post(
            http, f"{url}/login", {"password": "correct horse", "next": "/friction?since=24h"}
        )
        assert (status, headers["Location"]) == (303, "/friction?since=24h")
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        status, text, _ = await get(http, f"{url}/friction")
        assert status == 200
        token = re.search(r'name="csrf" value="(\w+)"', text)[1]
        stolen = {COOKIE: re.search(rf"{COOKIE}=([^;]+)", cookie)[1]}
        clock.now += 12 * 3600 + 1
        assert (await get(http, f"{url}/friction"))[0] == 401
        clock.now -= 12 * 3600 + 1
        assert (await get(http, f"{url}/friction"))[0] == 200
        assert (await post(http, f"{url}/logout", {"csrf": token}))[0] == 303
        async with aiohttp.ClientSession(cookies=stolen) as thief:
            assert (await get(thief, f"{url}/friction", headers={"Cookie": f"{COOKIE}={stolen[COOKIE]}"}))[0] == 401


@pytest.mark.parametrize("cookie", ["9999999999.x.forged", "", ".", "9999999999.abc." + "0" * 64, "ü", "x" * 5000])
async def test_a_forged_session_opens_nothing(dsn, settings, http, cookie):
    async with served(dsn, settings, pages_password="correct horse") as url:
        status, _, _ = await get(http, f"{url}/surges", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert status in (400, 401)


async def test_who_guesses_has_to_wait_and_the_right_password_too(dsn, settings, http):
    clock = Clock()
    async with served(dsn, settings, clock, pages_password="correct horse") as url:
        for _ in range(5):
            assert (await post(http, f"{url}/login", {"password": "guess"}))[0] == 401
        status, _, headers = await post(http, f"{url}/login", {"password": "correct horse"})
        assert status == 429
        assert 1 <= int(headers["Retry-After"]) <= 61
        clock.now += 61
        assert (await post(http, f"{url}/login", {"password": "correct horse"}))[0] == 303


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"],
)
async def test_a_log_in_leads_nowhere_else(dsn, settings, http, onward):
    async with served(dsn, settings, pages_password="correct horse") as url:
        _, _, headers = await post(http, f"{url}/login", {"password": "correct horse", "next": onward})
        assert headers["Location"] == "/"


async def test_a_proxys_word_counts_from_a_trusted_proxy_alone(dsn, settings, http):
    named = {"X-Forwarded-User": "ada"}
    async with served(
        dsn,
        settings,
        pages_user_header="X-Forwarded-User",
        trusted_proxies="127.0.0.1",
        private_host="0.0.0.0",
    ) as url:
        assert (await get(http, f"{url}/surges", headers=named))[0] == 200
        status, text, _ = await get(http, f"{url}/surges")
        assert status == 403
        assert "use the address of the reverse proxy" in text
    async with served(dsn, settings, pages_user_header="X-Forwarded-User", trusted_proxies="10.0.0.1") as url:
        status, text, _ = await get(http, f"{url}/surges", headers=named)
        assert status == 403
        assert "127.0.0.1 is not one of them" in text


async def test_a_form_of_another_site_changes_nothing(dsn, http, store, settings):
    point = "0" * 15 + "1"
    form = {"class": "user_error", "sub": "", "who": "ada", "why": "seen", "days": "30"}
    async with served(dsn, settings) as url:
        _, text, _ = await get(http, f"{url}/friction")
        for given in ({}, {"csrf": "0" * 64}):
            assert (await post(http, f"{url}/friction/{point}", form | given))[0] == 403
        status, page, _ = await get(http, f"{url}/friction/{_first(text)}")
        token = re.search(r'name="csrf" value="(\w+)"', page)[1]
        for header in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
        ):
            status, _, _ = await post(http, f"{url}/friction/{point}", form | {"csrf": token}, headers=header)
            assert status == 403
    assert cause_queries.overrides(store, app="shop") == []


def _first(text: str) -> str:
    return re.search(r"/friction/([0-9a-f]{16})", text)[1]


def test_settings_that_let_nobody_or_everybody_in_are_refused():
    with pytest.raises(BadSetting, match="SNAG_TRUSTED_PROXIES"):
        load(env={"SNAG_PAGES_USER_HEADER": "X-Forwarded-User"})
    with pytest.raises(BadSetting, match="expected at least 8 characters"):
        load(env={"SNAG_PAGES_PASSWORD": "short"})
    assert "correct horse" not in repr(Settings(pages_password="correct horse").private_host)
