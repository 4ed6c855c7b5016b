"""Waiting: late results, a blocked page, a page that never shows anything."""

from benchmarks.agent_accuracy.episodes import friction
from benchmarks.agent_accuracy.visitor import Visitor

SLOW, BUSY = "slow_step", "unresponsive_ui"
SPINNER = "$('out').textContent = 'Loading …';"


async def asked(v: Visitor, handler: str, stay: float) -> None:
    """Open a page whose control runs `handler`, click it, stay for so many seconds."""
    await v.open(v.control("Search flights") + f"<p id=out></p><script>$('go').onclick = {handler}</script>")
    await v.click("#go")
    await v.pause(stay)
    await v.settle()


def ms(v: Visitor) -> int:
    """How long the site takes: over three seconds, by more than a clock can be out."""
    return v.rng.randint(3500, 5500)


@friction(SLOW, allowed="dead_click")
async def result_after_seconds_of_silence(v: Visitor) -> None:
    await asked(v, f"async () => {{ await api(200, {ms(v)}); $('out').textContent = 'Three flights' }}", 6)


@friction(SLOW)
async def result_after_seconds_of_a_spinner(v: Visitor) -> None:
    await asked(v, f"async () => {{ {SPINNER} await api(200, {ms(v)}); $('out').textContent = 'Three flights' }}", 6)


@friction(SLOW)
async def result_after_two_requests(v: Visitor) -> None:
    await asked(
        v,
        f"async () => {{ {SPINNER} await api(200, 1900); await api(200, 2200); $('out').textContent = 'Done' }}",
        5,
    )


@friction(SLOW, allowed="dead_click")
async def result_by_xhr(v: Visitor) -> None:
    await asked(
        v,
        f"() => {{ const x = new XMLHttpRequest(); x.open('GET', 'api/200?ms={ms(v)}'); x.onload = () =>"
        "{ $('out').textContent = 'Three flights' }; x.send() }",
        6,
    )


@friction(SLOW)
async def next_page_comes_late(v: Visitor) -> None:
    v.serve("next", "<h1>Basket</h1>", delay_ms=ms(v))
    await v.open("<a id=go href=next>To the basket</a>")
    await v.click("#go")
    await v.page.wait_for_url("**/next", timeout=20000)
    await v.settle()


@friction(SLOW)
async def form_is_answered_late(v: Visitor) -> None:
    v.serve("thanks", "<h1>Thank you</h1>", delay_ms=ms(v))
    await v.open("<form action=thanks><input name=mail id=mail><button id=go>Order</button></form>")
    await v.fill("#mail", "a@b.example")
    await v.click("#go")
    await v.page.wait_for_url("**/thanks**", timeout=20000)
    await v.settle()


@friction(SLOW)
async def left_while_the_spinner_turned(v: Visitor) -> None:
    await v.open(
        v.control("Load") + f"<p id=out></p><script>$('go').onclick = async () => {{ {SPINNER} await api(200, 25000);"
        "$('out').textContent = 'Result' }</script>"
    )
    await v.click("#go")
    await v.pause(5.5, 7)


@friction(SLOW, allowed="dead_click")
async def view_that_loads_late(v: Visitor) -> None:
    await v.open(
        "<nav><button id=go>Orders</button></nav><main id=view>Home</main><script>$('go').onclick = async () => {"
        f"history.pushState({{}}, '', 'orders'); $('view').innerHTML = '<i class=spin>·</i>'; await api(200, {ms(v)});"
        "$('view').innerHTML = '<h2>Orders</h2><p>None yet</p>' }</script>"
    )
    await v.click("#go")
    await v.pause(6)
    await v.settle()


@friction(SLOW)
async def progress_bar_then_result(v: Visitor) -> None:
    await v.open(
        v.control("Export") + "<progress id=bar max=100 value=0></progress><p id=out></p><script>"
        "$('go').onclick = async () => { for (let i = 0; i < 100; i += 10) { $('bar').value = i; await api(200, 420) }"
        "$('bar').remove(); $('out').textContent = 'Your file is ready' }</script>"
    )
    await v.click("#go")
    await v.pause(6.5)
    await v.settle()


@friction(SLOW, allowed="dead_click")
async def slow_by_keyboard(v: Visitor) -> None:
    await v.open(
        "<button id=go>Calculate</button><p id=out></p><script>$('go').onclick = async () => {"
        f"await api(200, {ms(v)}); $('out').textContent = 'It costs 7' }}</script>"
    )
    await v.page.focus("#go")
    await v.press("Enter")
    await v.pause(6)
    await v.settle()


@friction(BUSY, allowed="slow_step")
async def handler_blocks_the_page(v: Visitor) -> None:
    await asked(
        v,
        "() => { const end = performance.now() + 1800; while (performance.now() < end); $('out').textContent = 'x' }",
        1,
    )


@friction(BUSY, allowed="slow_step")
async def click_waits_for_a_busy_page(v: Visitor) -> None:
    await v.open(
        v.control("Open") + "<p id=out></p><script>$('go').onclick = () => $('out').textContent = 'open';"
        "const busy = () => { const end = performance.now() + 2600; while (performance.now() < end); }</script>"
    )
    x, y = await v.at("#go")
    await v.page.mouse.move(x, y)
    await v.page.evaluate("() => void setTimeout(busy, 300)")
    await v.pause(0.7, 0.9)
    await v.page.mouse.down()
    await v.page.mouse.up()
    await v.pause(2)
    await v.settle()


@friction("blank_page")
async def page_that_stays_white(v: Visitor) -> None:
    v.serve("white", "<div id=root></div>")
    v.place.documents["white"].body = "<div id=root></div>"
    await v.go("white")
    await v.pause(6, 6.5)


@friction("blank_page", allowed="page_error")
async def application_that_dies_at_its_start(v: Visitor) -> None:
    v.serve("white", "")
    v.place.documents["white"].body = "<div id=app class=app></div><script>mount(app.root.missing)</script>"
    await v.go("white")
    await v.pause(6, 6.5)


@friction("error_page")
async def address_that_is_not_found(v: Visitor) -> None:
    await v.open("<h1>Page not found</h1>", title="Shop", status=404)
    await v.settle()


@friction("error_page")
async def server_that_is_down(v: Visitor) -> None:
    await v.open("<h1>Sorry</h1><p>Back soon.</p>", title="Shop", status=v.rng.choice([500, 502, 503]))
    await v.settle()


@friction("error_page")
async def view_that_is_not_found(v: Visitor) -> None:
    await v.open(
        "<a id=go href=old>Old offer</a><main id=view>Home</main><script>$('go').onclick = event => {"
        "event.preventDefault(); history.pushState({}, '', 'old'); document.title = '404';"
        "$('view').innerHTML = '<h1>404 – page not found</h1>'; document.querySelectorAll('h1')[0].textContent ="
        "'404 – page not found' }</script>"
    )
    await v.click("#go")
    await v.settle()
