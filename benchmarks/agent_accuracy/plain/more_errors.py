"""Errors that reach a click by longer ways, and clicks that end in nothing by other roads."""

from benchmarks.agent_accuracy.episodes import friction
from benchmarks.agent_accuracy.plain.errors import clicked
from benchmarks.agent_accuracy.visitor import Visitor

CLICK, ERROR, DEAD = "error_click", "page_error", "dead_click"


@friction(CLICK, allowed=ERROR)
async def throws_before_the_next_frame(v: Visitor) -> None:
    await clicked(v, "() => requestAnimationFrame(() => { throw new Error('no size') })")


@friction(CLICK, allowed=ERROR)
async def throws_in_a_microtask(v: Visitor) -> None:
    await clicked(v, "() => queueMicrotask(() => { throw new Error('no state') })")


@friction(CLICK, allowed=ERROR)
async def throws_in_an_event_of_the_sites_own(v: Visitor) -> None:
    await clicked(
        v,
        "() => document.dispatchEvent(new CustomEvent('buy'))",
        "<script>document.addEventListener('buy', () => { throw new Error('no stock') })</script>",
    )


@friction(CLICK, allowed=ERROR)
async def throws_after_the_answer_was_read(v: Visitor) -> None:
    await clicked(
        v,
        "() => { const x = new XMLHttpRequest(); x.open('GET', 'api/200?ms=600'); x.onload = () => {"
        "JSON.parse(x.responseText).items.map(i => i) }; x.send() }",
    )


@friction(CLICK, allowed=ERROR)
async def throws_at_the_end_of_a_chain(v: Visitor) -> None:
    await clicked(v, "() => api(200, 300).then(r => r.json()).then(() => later(200)).then(j => j.items.length)")


@friction(CLICK, allowed="page_error form_abandonment")
async def form_whose_sending_throws(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=a name=a><button id=go>Send</button></form><script>$('f').onsubmit = event => {"
        "event.preventDefault(); validate(event.target) }</script>"
    )
    await v.fill("#a", "one")
    await v.click("#go")
    await v.settle()


@friction(CLICK, allowed=ERROR)
async def box_whose_change_throws(v: Visitor) -> None:
    await v.open(
        "<label><input type=checkbox id=go> Express</label><script>$('go').onchange = () => cart.add(1)</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(CLICK, "failed_action", allowed="page_error slow_step")
async def server_fails_after_the_optimistic_answer(v: Visitor) -> None:
    await clicked(v, "async () => { $('out').textContent = 'Saved'; await api(500, 900); $('out').textContent = '' }")


@friction(DEAD, allowed="form_abandonment")
async def form_whose_sending_does_nothing(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=a name=a><button id=go>Send</button></form>"
        "<script>$('f').onsubmit = event => event.preventDefault()</script>"
    )
    await v.fill("#a", "one")
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def button_that_only_looks_pressed(v: Visitor) -> None:
    await v.open(
        "<style>#go:active { transform: scale(.97) } #go:hover { background: #ccc; transition: .3s }</style>"
        "<button id=go>Continue</button>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def switch_that_springs_back(v: Visitor) -> None:
    await v.open(
        "<button id=go role=switch aria-checked=false>Off</button><script>$('go').onclick = () => { $('go').textContent ="
        "'On'; setTimeout(() => $('go').textContent = 'Off', 250) }</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def dialog_that_opens_off_the_screen(v: Visitor) -> None:
    await v.open(
        "<button id=go>Options</button><div id=box style='display:none;position:fixed;left:-9999px'>Options</div><script>"
        "$('go').onclick = () => $('box').style.display = 'block'</script>"
    )
    await v.click("#go")
    await v.settle()


@friction("rage_click", allowed=DEAD)
async def rage_on_several_parts_of_one_row(v: Visitor) -> None:
    await v.open(
        "<table><tr id=row style='cursor:pointer'>"
        + "".join(f"<td id=c{i}>Cell {i}</td>" for i in range(4))
        + "</tr></table>"
    )
    for i in (0, 1, 0, 2, 1):
        await v.click(f"#c{i}")
        await v.pause(0.05, 0.3)
    await v.settle()
