"""A small shop of five pages, and the five steps through it: as a journey, and in raw Playwright."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from synthetic import step

STYLE = "body{font:16px sans-serif;margin:2em}li{padding:4px}button,a{padding:8px}"
PAGE = """<!doctype html><html><head><meta charset=utf-8><title>{title}</title><link rel=icon href="data:,">
<link rel=stylesheet href=/style.css><script src=/shop.js defer></script></head><body data-snag-page="{title}">
<h1>{title}</h1>{body}</body></html>"""
PAGES = {
    "/": ("Login", "<form action=/list method=post><label>Name <input name=name></label><label>Password"
                   " <input type=password name=password></label><button>Log in</button></form>"),
    "/list": ("List", "<ul>" + "".join(f"<li>Thing {i} <a href=/thing>Look</a></li>" for i in range(100)) + "</ul>"),
    "/thing": ("Thing", "<button id=add>Add to cart</button><p role=status></p><a href=/cart>Cart</a>"),
    "/cart": ("Cart", "<table>" + "<tr><td>1<td>Thing<td>9.99</tr>" * 20 + "</table><a href=/done>Pay</a>"),
    "/done": ("Thank you", "<p>It is on its way.</p>"),
}  # fmt: skip
SCRIPT = """document.getElementById("add")?.addEventListener("click", async () => {
  const answer = await fetch("/api/add", { method: "POST" });
  document.querySelector("[role=status]").textContent = (await answer.json()).said;
});"""


async def serve() -> tuple[web.AppRunner, str]:
    """The shop on a free port."""

    async def page(request: web.Request) -> web.Response:
        title, body = PAGES[request.path]
        return web.Response(text=PAGE.format(title=title, body=body), content_type="text/html")

    async def script(request: web.Request) -> web.Response:
        return web.Response(text=SCRIPT, content_type="text/javascript")

    async def style(request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    async def add(request: web.Request) -> web.Response:
        return web.json_response({"said": "It is in your cart"})

    app = web.Application()
    for path in PAGES:
        app.router.add_route("*", path, page)
    app.router.add_get("/shop.js", script)
    app.router.add_get("/style.css", style)
    app.router.add_post("/api/add", add)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def five_steps(page: Any) -> None:
    """As a journey."""
    async with step("open"):
        await _open(page)
    async with step("log in"):
        await _log_in(page)
    async with step("look"):
        await _look(page)
    async with step("add"):
        await _add(page)
    async with step("pay"):
        await _pay(page)


async def raw_steps(page: Any) -> None:
    """Without us."""
    for do in (_open, _log_in, _look, _add, _pay):
        await do(page)


async def _open(page: Any) -> None:
    await page.goto("/")
    await page.get_by_role("heading", name="Login").wait_for()


async def _log_in(page: Any) -> None:
    await page.get_by_label("Name").fill("somebody")
    await page.get_by_label("Password").fill("secret word")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("heading", name="List").wait_for()


async def _look(page: Any) -> None:
    await page.get_by_role("link", name="Look").first.click()
    await page.get_by_role("heading", name="Thing").wait_for()


async def _add(page: Any) -> None:
    await page.get_by_role("button", name="Add to cart").click()
    await page.get_by_text("It is in your cart").wait_for()


async def _pay(page: Any) -> None:
    await page.get_by_role("link", name="Cart").click()
    await page.get_by_role("link", name="Pay").click()
    await page.get_by_role("heading", name="Thank you").wait_for()
