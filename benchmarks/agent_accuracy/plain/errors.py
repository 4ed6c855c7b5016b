"""Errors: those that a click caused, and those that happened by themselves."""

from benchmarks.agent_accuracy.episodes import friction
from benchmarks.agent_accuracy.visitor import Visitor

CLICK, ERROR, FAILED = "error_click", "page_error", "failed_action"
EARLY = (
    '<script>(function(w,q){w.__snagEarly=q;["error","unhandledrejection","securitypolicyviolation"].forEach('
    "function(t){w.addEventListener(t,function(e){q.push(e)},true)})})(window,[])</script>"
    "<script>undefinedThing.start()</script>"
)


async def clicked(v: Visitor, handler: str, more: str = "", wait: float = 0.0) -> None:
    """Open a page whose control runs `handler`, click it, stay."""
    await v.open(v.control("Go on") + f"<p id=out></p>{more}<script>$('go').onclick = {handler}</script>")
    await v.click("#go")
    await v.pause(wait)
    await v.settle()


@friction(CLICK, allowed=ERROR)
async def handler_throws(v: Visitor) -> None:
    await clicked(v, "() => { const cart = null; cart.total() }")


@friction(CLICK, allowed=ERROR)
async def timer_of_the_handler_throws(v: Visitor) -> None:
    await clicked(v, "() => setTimeout(() => { throw new TypeError('no price') }, 400)")


@friction(CLICK, allowed=ERROR)
async def promise_of_the_handler_rejects(v: Visitor) -> None:
    await clicked(v, "async () => { await api(200, 700); throw new Error('cannot read answer') }")


@friction(CLICK, allowed=ERROR, touch=True)
async def handler_throws_by_finger(v: Visitor) -> None:
    await v.open("<button id=go onclick='nowhere.pay()'>Pay</button>")
    await v.tap("#go")
    await v.settle()


@friction(CLICK, allowed=ERROR)
async def listener_object_throws(v: Visitor) -> None:
    await v.open(
        "<button id=go>Sort</button><script>$('go').addEventListener('click', { handleEvent() {"
        "throw new RangeError('bad column') } })</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(CLICK, allowed=ERROR)
async def delegated_listener_throws(v: Visitor) -> None:
    await v.open(
        "<ul id=list><li><button id=go>Remove</button></li></ul><script>document.addEventListener('click', event => {"
        "if (event.target.closest('#go')) event.target.closest('form').reset() })</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(CLICK, allowed="page_error dead_click")
async def error_that_only_the_console_hears(v: Visitor) -> None:
    await clicked(v, "() => { try { null.x } catch (fault) { console.error(fault) } }")


@friction(CLICK, FAILED, allowed=ERROR)
async def server_answers_500(v: Visitor) -> None:
    await clicked(
        v,
        "async () => { const r = await api(500, 300); $('out').textContent = r.ok ? 'Saved' : 'That went wrong' }",
    )


@friction(CLICK, FAILED, allowed=ERROR)
async def server_answers_503_to_xhr(v: Visitor) -> None:
    await clicked(
        v,
        "() => { const x = new XMLHttpRequest(); x.open('POST', 'api/503?ms=200'); x.onload = () => {"
        "$('out').textContent = x.status == 200 ? 'Saved' : 'Try again later' }; x.send() }",
    )


@friction(CLICK, FAILED, allowed=ERROR)
async def connection_is_lost(v: Visitor) -> None:
    await clicked(v, "() => api('drop', 200).catch(() => $('out').textContent = 'You are offline')")


@friction(CLICK, FAILED, allowed=ERROR)
async def connection_is_lost_and_nobody_catches(v: Visitor) -> None:
    await clicked(v, "async () => { await api('drop', 300); $('out').textContent = 'Sent' }")


@friction(CLICK, FAILED, allowed="page_error slow_step dead_click")
async def request_times_out(v: Visitor) -> None:
    await clicked(
        v,
        "() => fetch('api/200?ms=9000', {signal: AbortSignal.timeout(1500)})"
        ".catch(() => $('out').textContent = 'This takes too long')",
        wait=1,
    )


@friction(CLICK, allowed="page_error failed_action")
async def chunk_that_cannot_be_loaded(v: Visitor) -> None:
    await clicked(v, "async () => { const part = await import('./gone.js'); $('out').textContent = part.text }")


@friction(ERROR)
async def throws_while_loading(v: Visitor) -> None:
    await v.open("<p>Offers</p><script>window.shop.render()</script>")
    await v.settle()


@friction(ERROR)
async def rejects_with_a_plain_word(v: Visitor) -> None:
    reason = v.rng.choice(["'nope'", "undefined", "{code: 7}", "new Error('x')", "null"])
    await v.open(f"<p>Offers</p><script>Promise.reject({reason})</script>")
    await v.settle()


@friction(ERROR)
async def picture_that_is_missing(v: Visitor) -> None:
    await v.open("<p>Offers</p><img src=missing.png width=50 height=50>")
    await v.settle()


@friction(ERROR)
async def script_that_is_missing(v: Visitor) -> None:
    await v.open("<p>Offers</p><script src=lost.js></script>")
    await v.settle()


@friction(ERROR)
async def style_sheet_that_is_missing(v: Visitor) -> None:
    await v.open("<p>Offers</p>", head="<link rel=stylesheet href=lost.css>")
    await v.settle()


@friction(ERROR)
async def policy_is_violated(v: Visitor) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"img-src 'none'\">"
    await v.open("<p>Offers</p><img src=pixel.gif>", head=policy)
    await v.settle()


@friction(ERROR)
async def error_given_to_the_console(v: Visitor) -> None:
    await v.open("<p>Offers</p><script>setTimeout(() => console.error(new Error('state lost')), 300)</script>")
    await v.settle()


@friction(ERROR)
async def the_same_error_again_and_again(v: Visitor) -> None:
    await v.open("<p>Offers</p><script>setInterval(() => { throw new Error('no feed') }, 300)</script>")
    await v.settle()


@friction(ERROR)
async def error_before_the_agent(v: Visitor) -> None:
    await v.open("<p>Offers</p>", early=EARLY)
    await v.settle()


@friction(ERROR)
async def error_of_a_timer_beside_a_click_that_works(v: Visitor) -> None:
    await v.open(
        v.control("Add") + "<p id=n>0</p><script>$('go').onclick = () => $('n').textContent++;"
        "setInterval(() => { if (document.hasFocus() || true) throw new Error('feed') }, 400)</script>"
    )
    await v.pause(1, 1.5)
    await v.click("#go", 2, (1.0, 1.4))
    await v.settle()


@friction(ERROR)
async def error_on_scrolling(v: Visitor) -> None:
    await v.open(
        "<div style='height:4000px'>Long</div><script>addEventListener('scroll', () => header.shrink())</script>"
    )
    await v.page.mouse.move(200, 200)
    await v.page.mouse.wheel(0, 600)
    await v.settle()


@friction(ERROR)
async def error_once_the_page_stands_for_a_while(v: Visitor) -> None:
    await v.open("<p>Offers</p><script>setTimeout(() => basket.refresh(), 1500)</script>")
    await v.settle()
