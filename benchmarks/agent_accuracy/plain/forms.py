"""Forms, logins and searches that go wrong."""

from benchmarks.agent_accuracy.episodes import friction
from benchmarks.agent_accuracy.visitor import Visitor

FIELDS = (
    "<input id=name name=name placeholder=Name><input id=street name=street placeholder=Street>"
    "<input id=city name=city placeholder=City>"
)
NO_SEND = "event.preventDefault();"
LOGIN = (
    "<form id=f><input id=user name=user autocomplete=username><input id=pass name=pass type=password>"
    "<button id=go>Log in</button><p id=out></p></form>"
)


@friction("form_abandonment")
async def address_begun_then_another_page(v: Visitor) -> None:
    v.serve("home", "<h1>Home</h1><p>Offers</p>")
    await v.open(f"<form id=f action=thanks>{FIELDS}<button>Order</button></form><a id=home href=home>Home</a>")
    for field in v.rng.sample(["#name", "#street", "#city"], 2):
        await v.fill(field, "Anna 12")
    await v.pause(1, 2)
    await v.click("#home")
    await v.page.wait_for_url("**/home")
    await v.settle()


@friction("form_abandonment")
async def address_begun_then_the_tab_is_closed(v: Visitor) -> None:
    await v.open(f"<form id=f action=thanks>{FIELDS}<button>Order</button></form>")
    for field in ("#name", "#street", "#city"):
        await v.fill(field, "Anna")
    await v.pause(1, 2)


@friction("form_abandonment")
async def fields_without_a_form_left(v: Visitor) -> None:
    await v.open(f"<div class=card>{FIELDS}<button id=go onclick='api(200)'>Send</button></div>")
    await v.fill("#name", "Anna")
    await v.fill("#street", "Way 1")
    await v.fill("#city", "Bonn")
    await v.pause(1, 2)


@friction("form_abandonment")
async def form_in_a_view_left_for_another(v: Visitor) -> None:
    await v.open(
        f"<nav><button id=home>Home</button></nav><main id=view><form>{FIELDS}<button>Save</button></form></main><script>"
        "$('home').onclick = () => { history.pushState({}, '', 'home'); $('view').innerHTML = '<h2>Home</h2>' }</script>",
        path="account",
    )
    await v.fill("#name", "Anna")
    await v.fill("#city", "Bonn")
    await v.click("#home")
    await v.settle()


@friction("form_abandonment")
async def refused_once_then_left(v: Visitor) -> None:
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Send</button><p id=out></p></form><script>$('f').onsubmit = async event => {{"
        f"{NO_SEND} await api(422, 200); $('out').innerHTML = '<span role=alert>City unknown</span>' }}</script>"
    )
    for field in ("#name", "#street", "#city"):
        await v.fill(field, "Anna")
    await v.click("#go")
    await v.settle()


@friction("validation_loop")
async def required_field_overlooked_twice(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=a name=a required><input id=b name=b required><button id=go>Send</button><p id=out></p>"
        f"</form><script>$('f').onsubmit = event => {{ {NO_SEND} $('out').textContent = 'Thank you' }}</script>"
    )
    await v.fill("#a", "one")
    for _ in range(2):
        await v.click("#go")
        await v.pause(2.2, 3)
    await v.fill("#b", "two")
    await v.click("#go")
    await v.settle()


@friction("validation_loop", allowed="dead_click")
async def field_marked_invalid_again_and_again(v: Visitor) -> None:
    await v.open(
        "<form id=f novalidate><input id=zip name=zip><small id=out></small><button id=go>Send</button></form><script>"
        f"let n = 0; $('f').onsubmit = event => {{ {NO_SEND} if (n++ < 2) {{ $('zip').setAttribute('aria-invalid', true);"
        "$('out').textContent = 'Five digits, please' } else { $('zip').removeAttribute('aria-invalid');"
        "$('out').textContent = ''; $('f').replaceWith('Thank you') } }</script>"
    )
    for text in ("12", "123", "12345"):
        await v.clear("#zip")
        await v.fill("#zip", text)
        await v.click("#go")
        await v.pause(1.2, 2)
    await v.settle()


@friction("validation_loop")
async def server_refuses_twice(v: Visitor) -> None:
    status = v.rng.choice([400, 409, 422])
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Send</button><p id=out></p></form><script>let n = 0;"
        f"$('f').onsubmit = async event => {{ {NO_SEND} const r = await api(n++ < 2 ? {status} : 200, 200);"
        "$('out').textContent = r.ok ? 'Thank you' : 'Please check the city ' + n }</script>"
    )
    await v.fill("#name", "Anna")
    for city in ("Bon", "Bnn", "Bonn"):
        await v.clear("#city")
        await v.fill("#city", city)
        await v.click("#go")
        await v.pause(1.5, 2)
    await v.settle()


@friction("field_refill", allowed="validation_loop")
async def page_empties_a_field_after_each_try(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=mail name=mail><input id=card name=card><button id=go>Pay</button><p id=out></p></form>"
        f"<script>let n = 0; $('f').onsubmit = async event => {{ {NO_SEND} const r = await api(n++ < 2 ? 422 : 200, 150);"
        "$('out').textContent = r.ok ? 'Paid' : 'Card refused ' + n; if (!r.ok) $('card').value = '' }</script>"
    )
    await v.fill("#mail", "a@b.example")
    for _ in range(3):
        await v.fill("#card", "4111 1111")
        await v.click("#go")
        await v.pause(1, 1.5)
    await v.settle()


@friction("field_refill")
async def visitor_types_a_date_four_times(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=date name=date placeholder=Date><input id=who name=who><button id=go>Book</button></form>"
        f"<script>$('f').onsubmit = event => {{ {NO_SEND} $('f').replaceWith('Booked') }}</script>"
    )
    for text in ("1.2.26", "01/02/2026", "2026-02-01", "1 February 2026"):
        await v.clear("#date")
        await v.fill("#date", text)
        await v.pause(0.5, 1)
    await v.fill("#who", "Anna")
    await v.click("#go")
    await v.settle()


@friction("repeated_submit", allowed="slow_step dead_click")
async def order_sent_twice_while_it_is_on_its_way(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=a name=a><button id=go>Order</button><p id=out></p></form><script>"
        f"$('f').onsubmit = async event => {{ {NO_SEND} await api(200, 2500); $('out').textContent = 'Ordered' }}</script>"
    )
    await v.fill("#a", "one")
    await v.click("#go", 2, (0.9, 1.4))
    await v.pause(2)
    await v.settle()


@friction("repeated_submit", allowed="slow_step dead_click rage_click")
async def native_form_sent_thrice_while_the_server_thinks(v: Visitor) -> None:
    v.serve("thanks", "<h1>Thank you</h1>", delay_ms=2500)
    await v.open("<form action=thanks><input id=a name=a><button id=go>Order</button></form>")
    await v.fill("#a", "one")
    await v.click("#go", 3, (0.6, 0.8))
    await v.page.wait_for_url("**/thanks**")
    await v.settle()


@friction("login_failure", allowed="form_abandonment")
async def wrong_password(v: Visitor) -> None:
    await v.open(
        f"{LOGIN}<script>$('f').onsubmit = async event => {{ {NO_SEND} const r = await api(401, 300);"
        "$('out').textContent = r.ok ? 'Welcome' : 'Name or password is wrong' }</script>"
    )
    await v.fill("#user", "anna")
    await v.fill("#pass", "secret1")
    await v.click("#go")
    await v.settle()


@friction("login_failure", allowed="form_abandonment")
async def wrong_password_then_the_right_one(v: Visitor) -> None:
    await v.open(
        f"{LOGIN}<script>let n = 0; $('f').onsubmit = async event => {{ {NO_SEND} const r = await api(n++ ? 200 : 401, 300);"
        "if (r.ok) $('f').replaceWith('Welcome'); else $('out').textContent = 'Name or password is wrong' }</script>"
    )
    await v.fill("#user", "anna")
    await v.fill("#pass", "secret1")
    await v.press("Enter")
    await v.pause(1.5, 2)
    await v.clear("#pass")
    await v.fill("#pass", "secret2")
    await v.press("Enter")
    await v.settle()


@friction("login_failure", allowed="form_abandonment")
async def login_page_comes_back_with_a_word(v: Visitor) -> None:
    v.serve("login", LOGIN.replace("id=f", "id=f action=again") + "<script>$('out').remove()</script>")
    v.serve("again", "<p class=error role=alert>Wrong password</p>" + LOGIN.replace("id=f", "id=f action=again"))
    await v.go("login")
    await v.fill("#user", "anna")
    await v.fill("#pass", "secret1")
    await v.press("Enter")
    await v.page.wait_for_url("**/again**")
    await v.settle()


@friction("session_expired", allowed="error_click failed_action form_abandonment")
async def session_ends_under_the_hands(v: Visitor) -> None:
    await v.open(
        f"{LOGIN}<script>$('f').onsubmit = async event => {{ {NO_SEND} await api(200, 200); $('f').outerHTML ="
        "'<button id=save>Save</button><p id=note></p>'; $('save').onclick = async () => { const r = await api(401, 200);"
        "$('note').textContent = r.ok ? 'Saved' : 'Please log in again' } }</script>"
    )
    await v.fill("#user", "anna")
    await v.fill("#pass", "secret1")
    await v.press("Enter")
    await v.pause(2, 3)
    await v.click("#save")
    await v.settle()


@friction("session_expired", allowed="error_click failed_action form_abandonment")
async def save_sends_back_to_the_login_page(v: Visitor) -> None:
    v.serve("login", LOGIN)
    await v.open(
        "<nav data-snag-user><a href=logout>Log out</a></nav><button id=save>Save</button><script>"
        "$('save').onclick = async () => { const r = await api(401, 200); if (!r.ok) location = 'login' }</script>"
    )
    await v.click("#save")
    await v.page.wait_for_url("**/login")
    await v.settle()
