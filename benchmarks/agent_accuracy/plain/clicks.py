"""Rage and dead clicks where they are meant as such."""

from benchmarks.agent_accuracy.episodes import friction
from benchmarks.agent_accuracy.visitor import Visitor

RAGE, DEAD = "rage_click", "dead_click"
TICKER = "<p id=clock>0</p><script>setInterval(() => $('clock').textContent = Date.now(), 180)</script>"
BEACON = "navigator.sendBeacon('api/204', 'click')"


@friction(RAGE, allowed=DEAD)
async def button_without_a_handler(v: Visitor) -> None:
    await v.open(v.control("Pay now"))
    await v.click("#go", v.rng.randint(4, 7), (0.12, 0.7))
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def exasperated_clicks_at_a_slow_pace(v: Visitor) -> None:
    await v.open(v.control("Continue"))
    await v.click("#go", v.rng.randint(4, 6), (0.6, 0.88))
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def exactly_three_clicks(v: Visitor) -> None:
    await v.open(v.control("Send"))
    await v.click("#go", 3, (0.2, 0.6))
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def handler_that_only_measures(v: Visitor) -> None:
    await v.open(v.control("Buy") + f"<script>$('go').onclick = () => {BEACON}</script>")
    await v.click("#go", 5)
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_beside_a_ticker(v: Visitor) -> None:
    await v.open(v.control("Apply") + TICKER)
    await v.pause(1, 2)
    await v.click("#go", 5)
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_on_a_button_that_ripples(v: Visitor) -> None:
    await v.open(
        v.control("Save") + "<script>$('go').onclick = () => { const r = document.createElement('i');"
        "r.textContent = '·'; $('go').append(r); setTimeout(() => r.remove(), 350) }</script>"
    )
    await v.click("#go", 5, (0.25, 0.6))
    await v.settle()


@friction(RAGE, allowed="dead_click slow_step")
async def rage_while_nothing_shows_that_it_works(v: Visitor) -> None:
    await v.open(
        v.control("Load") + "<p id=out></p><script>let busy; $('go').onclick = async () => { if (busy) return;"
        "busy = 1; await api(200, 6000); $('out').textContent = 'Here it is' }</script>"
    )
    await v.click("#go", 5, (0.3, 0.8))
    await v.pause(7)


@friction(RAGE, allowed=DEAD)
async def checkbox_that_takes_itself_back(v: Visitor) -> None:
    await v.open(
        "<label><input type=checkbox id=go> I agree</label>"
        "<script>$('go').onchange = () => setTimeout(() => $('go').checked = false, 120)</script>"
    )
    await v.click("#go", 5, (0.5, 0.85))
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def card_that_looks_like_a_link(v: Visitor) -> None:
    await v.open(
        "<div id=card style='cursor:pointer;border:1px solid;width:200px'><img src=pixel.gif width=180 height=80>"
        "<h3>Red shoes</h3></div>"
    )
    for where in ("#card img", "#card h3", "#card img", "#card img"):
        await v.click(where)
        await v.pause(0.1, 0.3)
    await v.settle()


@friction(RAGE, allowed=DEAD, touch=True)
async def rage_by_finger(v: Visitor) -> None:
    await v.open(v.control("Add"))
    await v.tap("#go", 5)
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_by_keyboard(v: Visitor) -> None:
    await v.open("<button id=go>Next</button>")
    await v.page.focus("#go")
    await v.press("Enter", 5)
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_in_a_shadow_root(v: Visitor) -> None:
    await v.open(
        "<my-pay></my-pay><script>customElements.define('my-pay', class extends HTMLElement { connectedCallback() {"
        "this.attachShadow({mode: 'open'}).innerHTML = '<button id=go>Pay</button>' } })</script>"
    )
    await v.click("#go", 5)
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_in_a_frame_of_the_site(v: Visitor) -> None:
    await v.open("<iframe srcdoc='<button id=go>Pay</button>' width=300 height=100></iframe>")
    await v.click(v.page.frame_locator("iframe").locator("#go"), 5)
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_then_the_visitor_leaves(v: Visitor) -> None:
    await v.open(v.control("Order"))
    await v.click("#go", 6, (0.12, 0.3))
    await v.pause(0.2, 0.4)


@friction(RAGE, allowed=DEAD)
async def two_answers_then_none(v: Visitor) -> None:
    await v.open(
        v.control("More") + "<ul id=list></ul><script>let n = 0; $('go').onclick = () => { if (n++ < 2)"
        " $('list').append(document.createElement('li')), $('list').lastChild.textContent = 'entry ' + n }</script>"
    )
    await v.click("#go", 7, (0.2, 0.5))
    await v.settle()


@friction(DEAD)
async def one_click_without_a_handler(v: Visitor) -> None:
    await v.open(v.control("Details"))
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def link_to_nowhere(v: Visitor) -> None:
    href = v.rng.choice(["#", "javascript:void(0)"])
    await v.open(f"<a id=go href='{href}' onclick='event.preventDefault()'>Track my order</a>")
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def link_whose_click_is_swallowed(v: Visitor) -> None:
    await v.open(
        "<nav id=nav><a id=go href=next>Account</a></nav>"
        "<script>$('nav').addEventListener('click', event => event.preventDefault())</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def dead_beside_a_ticker(v: Visitor) -> None:
    await v.open(TICKER + v.control("Refresh"))
    await v.pause(1.5, 2.5)
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def dead_beside_a_carousel_that_turns_itself(v: Visitor) -> None:
    await v.open(
        "<div id=slides>One</div><script>let n = 0; setInterval(() => { $('slides').textContent = 'Slide ' + ++n;"
        "$('slides').className = 's' + n % 3 }, 900)</script>" + v.control("Show offer")
    )
    await v.pause(2.5, 3.2)
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def dead_while_a_poll_goes_on(v: Visitor) -> None:
    await v.open(
        "<p id=stock>…</p><script>setInterval(async () => { const r = await (await api(200, 30, Math.random())).json();"
        "$('stock').textContent = r.text }, 500)</script>" + v.control("Reserve")
    )
    await v.pause(2, 3)
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def only_a_beacon_is_sent(v: Visitor) -> None:
    await v.open(v.control("Join") + f"<script>$('go').addEventListener('click', () => {BEACON})</script>")
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def only_a_request_is_made(v: Visitor) -> None:
    await v.open(v.control("Subscribe") + "<script>$('go').onclick = () => api(200, 150)</script>")
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def only_a_ripple(v: Visitor) -> None:
    await v.open(
        v.control("Order") + "<script>$('go').onclick = () => { $('go').classList.add('ripple');"
        "setTimeout(() => $('go').classList.remove('ripple'), 300) }</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def only_an_attribute_nobody_sees(v: Visitor) -> None:
    await v.open(
        "<button id=go aria-expanded=false aria-controls=menu>Menu</button><ul id=menu hidden><li>Home</ul>"
        "<script>$('go').onclick = () => $('go').setAttribute('aria-expanded', 'true')</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def only_data_attributes_and_console(v: Visitor) -> None:
    await v.open(
        v.control("Compare")
        + "<script>$('go').onclick = () => { $('go').dataset.tracked = '1'; console.log('click') }</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def icon_with_a_listener_that_fails_quietly(v: Visitor) -> None:
    await v.open(
        "<svg id=go width=32 height=32><circle cx=16 cy=16 r=14 /></svg>"
        "<script>$('go').addEventListener('click', () => { try { missing() } catch {} })</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def text_styled_as_a_link(v: Visitor) -> None:
    await v.open(
        "<p>Read the <span id=go style='color:blue;text-decoration:underline;cursor:pointer'>terms</span> first.</p>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def dead_by_space_bar(v: Visitor) -> None:
    await v.open("<div id=go role=button tabindex=0>Open</div>")
    await v.page.focus("#go")
    await v.press("Space")
    await v.settle()


@friction(DEAD)
async def dead_and_left_after_a_second_and_a_half(v: Visitor) -> None:
    await v.open(v.control("Checkout"))
    await v.click("#go")
    await v.pause(1.4, 1.8)


@friction(DEAD, touch=True)
async def dead_by_finger(v: Visitor) -> None:
    await v.open(v.control("Show map"))
    await v.tap("#go")
    await v.settle()


@friction(DEAD)
async def dead_in_a_web_component(v: Visitor) -> None:
    await v.open(
        "<x-card></x-card><script>customElements.define('x-card', class extends HTMLElement { constructor() { super();"
        "this.attachShadow({mode: 'open'}).innerHTML = '<div><x-inner></x-inner></div>' } });"
        "customElements.define('x-inner', class extends HTMLElement { constructor() { super();"
        "this.attachShadow({mode: 'open'}).innerHTML = '<button id=go>Open</button>' } })</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def menu_that_stays_behind_the_page(v: Visitor) -> None:
    await v.open(
        "<button id=go>Filter</button><div id=menu style='display:none'>Size</div><script>"
        "$('go').onclick = () => $('menu').classList.toggle('open')</script>"
    )
    await v.click("#go")
    await v.settle()


@friction(DEAD)
async def dead_and_then_something_that_works(v: Visitor) -> None:
    await v.open(
        v.control("Size guide")
        + "<p><button id=plus>+</button> <b id=n>1</b></p><script>$('plus').onclick = () => $('n').textContent++</script>"
    )
    await v.click("#go")
    await v.pause(0.5, 1.4)
    await v.click("#plus")
    await v.settle()


@friction(DEAD, "error_click", allowed="page_error")
async def dead_and_then_something_that_throws(v: Visitor) -> None:
    await v.open(
        v.control("Size guide")
        + "<p><button id=bad>Basket</button></p><script>$('bad').onclick = () => { throw new Error('x') }</script>"
    )
    await v.click("#go")
    await v.pause(0.5, 1.4)
    await v.click("#bad")
    await v.settle()


@friction(RAGE, allowed=DEAD)
async def rage_and_then_something_that_works(v: Visitor) -> None:
    await v.open(
        v.control("Pay") + "<p><button id=plus>+</button> <b id=n>1</b></p><script>$('plus').onclick = () =>"
        "$('n').textContent++</script>"
    )
    await v.click("#go", 4, (0.2, 0.4))
    await v.pause(0.3, 0.6)
    await v.click("#plus")
    await v.settle()


@friction(DEAD)
async def dead_and_then_the_page_is_scrolled(v: Visitor) -> None:
    await v.open(v.control("Size guide") + "<div style='height:4000px'>Long</div>")
    await v.click("#go")
    await v.pause(0.5, 1.2)
    await v.page.mouse.wheel(0, 500)
    await v.settle()


@friction(DEAD)
async def dead_and_then_a_field_is_filled(v: Visitor) -> None:
    await v.open(v.control("Find me") + "<p><input id=city placeholder=City></p>")
    await v.click("#go")
    await v.pause(0.6, 1.2)
    await v.fill("#city", "Bonn")
    await v.settle()
