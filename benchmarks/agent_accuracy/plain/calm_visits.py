"""Look-alikes of errors, waiting, forms and going back: nobody is stuck here."""

from benchmarks.agent_accuracy.episodes import harmless
from benchmarks.agent_accuracy.plain.finding import LINKS, ROUTER
from benchmarks.agent_accuracy.plain.forms import FIELDS, LOGIN, NO_SEND
from benchmarks.agent_accuracy.visitor import Visitor

THANKS = "$('f').replaceWith('Thank you')"


@harmless()
async def loop_of_the_resize_observer(v: Visitor) -> None:
    await v.open(
        "<div id=box style='width:100px'>x</div><script>new ResizeObserver(() => $('box').style.width ="
        "$('box').offsetWidth + 1 + 'px').observe($('box'))</script>"
    )
    await v.settle()


@harmless()
async def error_of_an_extension(v: Visitor) -> None:
    await v.open("<p>Offers</p>")
    await v.page.evaluate(
        "() => setTimeout((0, eval)(`(() => { throw new Error('wallet') })\\n"
        "//# sourceURL=chrome-extension://aaaabbbbccccdddd/inpage.js`))"
    )
    await v.settle()


@harmless(allowed="page_error")
async def error_in_a_script_of_somebody_else(v: Visitor) -> None:
    await v.open(f"<p>Offers</p><script src='{v.sites.elsewhere}/third.js'></script>")
    await v.settle()


@harmless()
async def search_whose_earlier_requests_are_aborted(v: Visitor) -> None:
    await v.open(
        "<input id=q type=search><ul id=out></ul><script>let c; $('q').oninput = async () => { c?.abort();"
        "c = new AbortController(); try { await fetch('api/200?ms=300', {signal: c.signal}); $('out').innerHTML ="
        "`<li>${$('q').value}` } catch (fault) { if (fault.name != 'AbortError') throw fault } }</script>"
    )
    await v.fill("#q", "red shoes")
    await v.settle()


@harmless()
async def aborted_and_not_caught(v: Visitor) -> None:
    await v.open(
        v.control("Load")
        + "<p id=out></p><script>let c; $('go').onclick = async () => { $('out').textContent = '…'; c?.abort();"
        "c = new AbortController(); await fetch('api/200?ms=700', {signal: c.signal}); $('out').append('Here') }</script>"
    )
    await v.click("#go", 2, (0.4, 0.5))
    await v.settle()


@harmless()
async def warnings_on_the_console(v: Visitor) -> None:
    await v.open("<p>Offers</p><script>console.error('Warning: each child needs a key'); console.warn(1)</script>")
    await v.settle()


@harmless()
async def rejection_that_is_handled(v: Visitor) -> None:
    await v.open("<p>Offers</p><script>Promise.reject(new Error('x')).catch(() => {})</script>")
    await v.settle()


@harmless()
async def short_work_of_the_page(v: Visitor) -> None:
    await v.open(
        v.control("Sort") + "<p id=out></p><script>$('go').onclick = () => { const end = performance.now() + 250;"
        "while (performance.now() < end); $('out').textContent = 'sorted' }</script>"
    )
    await v.click("#go", 2, (0.8, 0.9))
    await v.settle()


@harmless()
async def page_at_work_while_nobody_waits(v: Visitor) -> None:
    await v.open(
        "<p>Offers</p><script>setTimeout(() => { const end = performance.now() + 1600;"
        "while (performance.now() < end); }, 500)</script>"
    )
    await v.settle()


@harmless()
async def long_poll_started_by_a_click(v: Visitor) -> None:
    await v.open(
        v.control("Go online")
        + "<p id=out>offline</p><script>$('go').onclick = () => { $('out').textContent = 'online'; api(200, 6000) }</script>"
    )
    await v.click("#go")
    await v.pause(7)


@harmless()
async def feed_that_goes_on_after_a_click(v: Visitor) -> None:
    await v.open(
        v.control("Start")
        + "<ul id=l></ul><script>$('go').onclick = () => { let n = 0; $('go').textContent = 'Running';"
        "setInterval(async () => { await api(200, 50); $('l').append(Object.assign(document.createElement('li'),"
        "{textContent: ++n})) }, 900) }</script>"
    )
    await v.click("#go")
    await v.pause(6)


@harmless()
async def page_that_is_loaded_in_a_second(v: Visitor) -> None:
    v.serve("next", "<h1>Basket</h1>", delay_ms=1200)
    await v.open("<a id=go href=next>Basket</a>")
    await v.click("#go")
    await v.page.wait_for_url("**/next")
    await v.settle()


@harmless()
async def click_that_the_visitor_follows_by_reading(v: Visitor) -> None:
    await v.open(
        v.control("Tick") + "<p id=out></p><script>$('go').onclick = () => { $('out').textContent = 'ok';"
        "setTimeout(() => $('out').textContent = 'ok, and a tip', 5000) }</script>"
    )
    await v.click("#go")
    await v.pause(6)


@harmless()
async def white_until_the_answer_and_then_full(v: Visitor) -> None:
    v.serve("app", "")
    v.place.documents[
        "app"
    ].body = "<div id=app></div><script>setTimeout(() => $('app').textContent = 'Here I am', 2500)</script>"
    await v.go("app")
    await v.pause(6)


@harmless()
async def pages_of_pictures_alone(v: Visitor) -> None:
    v.serve("app", "")
    v.place.documents["app"].body = v.rng.choice(
        [
            "<canvas id=c width=300 height=200></canvas><script>$('c').getContext('2d').fillRect(0, 0, 99, 99)</script>",
            "<svg width=200 height=200><circle cx=90 cy=90 r=80 /></svg>",
            "<div style='width:300px;height:300px;background:url(pixel.gif)'></div>",
            "<iframe srcdoc='<p>Map</p>'></iframe>",
            "<video width=300 height=200 controls></video>",
        ]
    )
    await v.go("app")
    await v.pause(6)


@harmless()
async def article_about_500_recipes(v: Visitor) -> None:
    title = v.rng.choice(["500 recipes for autumn", "Room 404 – Hotel Sun", "How to handle errors", "Route 502"])
    await v.open(f"<h1>{title}</h1><p>Words</p>", title=title)
    await v.settle()


@harmless()
async def order_is_sent(v: Visitor) -> None:
    v.serve("thanks", "<h1>Thank you</h1>")
    await v.open(f"<form action=thanks>{FIELDS}<button id=go>Order</button></form>")
    for field in ("#name", "#street", "#city"):
        await v.fill(field, "Anna")
    await v.click("#go")
    await v.page.wait_for_url("**/thanks**")
    await v.settle()


@harmless()
async def order_is_posted_and_redirected(v: Visitor) -> None:
    v.serve("thanks", "<h1>Thank you</h1>")
    await v.open(f"<form action=api/to/thanks method=post>{FIELDS}<button id=go>Order</button></form>")
    for field in ("#name", "#street"):
        await v.fill(field, "Anna")
    await v.press("Enter")
    await v.page.wait_for_url("**/thanks**")
    await v.settle()


@harmless()
async def order_is_sent_by_fetch(v: Visitor) -> None:
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Order</button></form><script>$('f').onsubmit = async event => {{ {NO_SEND}"
        f"await api(200, 500); {THANKS} }}</script>"
    )
    for field in ("#name", "#street", "#city"):
        await v.fill(field, "Anna")
    await v.click("#go")
    await v.settle()


@harmless()
async def fields_that_save_themselves(v: Visitor) -> None:
    await v.open(
        f"<div>{FIELDS}<span id=out></span></div><script>document.querySelectorAll('input').forEach(i => i.onchange ="
        "async () => { await api(200, 150); $('out').textContent = 'Saved' })</script>"
    )
    for field in ("#name", "#street", "#city"):
        await v.fill(field, "Anna")
    await v.press("Tab")
    await v.settle()


@harmless()
async def one_field_only(v: Visitor) -> None:
    v.serve("home", "<h1>Home</h1>")
    await v.open(
        "<form action=news><input id=mail name=mail><button>Subscribe</button></form><a id=home href=home>Home</a>"
    )
    await v.fill("#mail", "a@b.example")
    await v.click("#home")
    await v.settle()


@harmless()
async def fields_looked_at_only(v: Visitor) -> None:
    await v.open(f"<form action=thanks>{FIELDS}<button>Order</button></form>")
    for field in ("#name", "#street", "#city"):
        await v.click(field)
        await v.pause(0.2, 0.6)
    await v.settle()


@harmless()
async def filters_without_a_button(v: Visitor) -> None:
    await v.open(
        "<form id=f><select id=a><option>1<option>2</select><select id=b><option>1<option>2</select><label>"
        "<input type=checkbox id=c> new</label></form><ul id=out></ul><script>$('f').onchange = () => $('out').innerHTML ="
        "'<li>' + Math.random()</script>"
    )
    await v.page.select_option("#a", "2")
    await v.pause(0.4, 0.8)
    await v.page.select_option("#b", "2")
    await v.click("#c")
    await v.settle()


@harmless()
async def chat(v: Visitor) -> None:
    await v.open(
        "<ul id=log></ul><form id=f><input id=say autocomplete=off><button>Send</button></form><script>$('f').onsubmit ="
        f"event => {{ {NO_SEND} $('log').append(Object.assign(document.createElement('li'), {{innerText: $('say').value}}));"
        "$('say').value = ''; api(200, 100) }</script>"
    )
    for words in ("Hello", "I have a question", "about my order", "number 7"):
        await v.fill("#say", words)
        await v.press("Enter")
        await v.pause(0.5, 1.2)
    await v.settle()


@harmless()
async def list_of_things_to_do(v: Visitor) -> None:
    await v.open(
        "<input id=new><ul id=l></ul><script>$('new').onkeydown = event => { if (event.key != 'Enter') return;"
        "$('l').append(Object.assign(document.createElement('li'), {textContent: $('new').value})); $('new').value = '' }"
        "</script>"
    )
    for words in ("milk", "bread", "salt", "tea"):
        await v.fill("#new", words)
        await v.press("Enter")
    await v.settle()


@harmless()
async def wizard(v: Visitor) -> None:
    await v.open(
        "<form id=f><div id=s><input id=a name=a><input id=b name=b></div><button id=go type=button>Next</button></form>"
        "<script>let n = 0; $('go').onclick = async () => { if (n++ == 0) $('s').innerHTML = '<input id=c name=c>';"
        f"else {{ await api(200, 300); {THANKS} }} }}</script>"
    )
    await v.fill("#a", "Anna")
    await v.fill("#b", "Bonn")
    await v.click("#go")
    await v.pause(0.5, 1)
    await v.fill("#c", "card")
    await v.click("#go")
    await v.settle()


@harmless()
async def refused_once_and_mended(v: Visitor) -> None:
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Send</button><p id=out></p></form><script>let n = 0; $('f').onsubmit ="
        f"async event => {{ {NO_SEND} const r = await api(n++ ? 200 : 422, 200); if (r.ok) {THANKS};"
        "else $('out').textContent = 'City unknown' }</script>"
    )
    await v.fill("#name", "Anna")
    await v.fill("#city", "Bnn")
    await v.click("#go")
    await v.pause(1.5, 2.5)
    await v.clear("#city")
    await v.fill("#city", "Bonn")
    await v.click("#go")
    await v.settle()


@harmless()
async def required_field_forgotten_once(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=a name=a required><input id=b name=b required><button id=go>Send</button></form><script>"
        f"$('f').onsubmit = event => {{ {NO_SEND} {THANKS} }}</script>"
    )
    await v.fill("#a", "one")
    await v.click("#go")
    await v.pause(2.5, 3)
    await v.fill("#b", "two")
    await v.click("#go")
    await v.settle()


@harmless()
async def name_is_taken(v: Visitor) -> None:
    await v.open(
        f"<form id=f><input id=a name=a><button id=go>Reserve</button><p id=out></p></form><script>let n = 0;"
        f"$('f').onsubmit = async event => {{ {NO_SEND} const r = await api(n++ ? 200 : 409, 200);"
        f"if (r.ok) {THANKS}; else $('out').textContent = 'This name is taken' }}</script>"
    )
    await v.fill("#a", "anna")
    await v.click("#go")
    await v.pause(1.5, 2)
    await v.clear("#a")
    await v.fill("#a", "anna7")
    await v.click("#go")
    await v.settle()


@harmless()
async def code_in_six_boxes(v: Visitor) -> None:
    await v.open(
        "<form id=f>" + "".join(f"<input id=c{i} maxlength=1 size=1>" for i in range(6)) + "</form><script>"
        "const all = [...document.querySelectorAll('input')]; all.forEach((one, i) => one.oninput = async () => {"
        f"if (all[i + 1]) all[i + 1].focus(); else {{ await api(200, 300); {THANKS} }} }})</script>"
    )
    await v.click("#c0")
    await v.keys("493021")
    await v.settle()


@harmless()
async def log_in_at_once(v: Visitor) -> None:
    await v.open(
        f"{LOGIN}<script>$('f').onsubmit = async event => {{ {NO_SEND} await api(200, 400); {THANKS} }}</script>"
    )
    await v.fill("#user", "anna")
    await v.fill("#pass", "secret")
    await v.press("Enter")
    await v.settle()


@harmless()
async def filled_in_by_the_browser(v: Visitor) -> None:
    await v.open(
        f"{LOGIN}<script>$('f').onsubmit = async event => {{ {NO_SEND} await api(200, 400); {THANKS} }}</script>"
    )
    await v.page.evaluate(
        "() => ['user', 'pass'].forEach(id => { $(id).value = 'filled in'; for (const type of ['input', 'change'])"
        "$(id).dispatchEvent(new Event(type, {bubbles: true})) })"
    )
    await v.click("#go")
    await v.settle()


@harmless()
async def misspelled_and_corrected(v: Visitor) -> None:
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Send</button></form><script>$('f').onsubmit = event => {{ {NO_SEND} {THANKS} }}"
        "</script>"
    )
    await v.fill("#name", "Anan")
    await v.press("Backspace", 2)
    await v.keys("na")
    await v.fill("#city", "Bonn")
    await v.clear("#city")
    await v.fill("#city", "Berlin")
    await v.click("#go")
    await v.settle()


@harmless()
async def button_that_stops_a_second_sending(v: Visitor) -> None:
    await v.open(
        "<form id=f><input id=a name=a><button id=go>Send</button></form><script>$('f').onsubmit = async event => {"
        f"{NO_SEND} $('go').disabled = true; $('go').textContent = 'Sending'; await api(200, 1800); {THANKS} }}</script>"
    )
    await v.fill("#a", "x")
    await v.click("#go", 2, (0.25, 0.4))
    await v.settle()


@harmless()
async def read_and_then_back(v: Visitor) -> None:
    v.serve("one", "<h1>One</h1><p>Words to read</p>")
    await v.open(LINKS)
    await v.click("#one")
    await v.page.wait_for_url("**/one")
    await v.pause(7.5, 9)
    await v.page.go_back()
    await v.settle()


@harmless()
async def scrolled_and_then_back(v: Visitor) -> None:
    v.serve("one", "<h1>One</h1><p style='height:4000px'>Words to read</p>")
    await v.open(LINKS)
    await v.click("#one")
    await v.page.wait_for_url("**/one")
    await v.pause(0.8, 1.2)
    await v.page.mouse.move(300, 300)
    await v.page.mouse.wheel(0, 1500)
    await v.pause(1, 1.5)
    await v.page.go_back()
    await v.settle()


@harmless()
async def worked_there_and_then_back(v: Visitor) -> None:
    v.serve(
        "one",
        "<h1>One</h1><button id=add>Add</button><p id=o></p><script>$('add').onclick = () =>"
        "$('o').textContent = 'Added'</script>",
    )
    await v.open(LINKS)
    await v.click("#one")
    await v.page.wait_for_url("**/one")
    await v.pause(0.6, 1)
    await v.click("#add")
    await v.pause(1, 1.5)
    await v.page.go_back()
    await v.settle()


@harmless()
async def sent_on_by_a_redirect(v: Visitor) -> None:
    v.serve("old", "<script>location.replace('two')</script>")
    v.serve("two", "<h1>Two</h1><p>Here you are</p>")
    await v.open(LINKS.replace("href=one", "href=old"))
    await v.click("#one")
    await v.page.wait_for_url("**/two")
    await v.settle()


@harmless()
async def back_from_a_payment_provider_by_itself(v: Visitor) -> None:
    v.serve("check", "<p>One moment</p><script>setTimeout(() => location.replace('start?ok'), 900)</script>")
    await v.open("<h1>Basket</h1><a id=go href=check>Pay</a>")
    await v.click("#go")
    await v.page.wait_for_url("**/start?ok")
    await v.settle()


@harmless()
async def sections_by_hash(v: Visitor) -> None:
    await v.open(
        "<a id=a href='#one'>One</a> <a id=b href='#two'>Two</a><h2 id=t>Start</h2><script>onhashchange = () =>"
        "$('t').textContent = location.hash</script>"
    )
    for name in ("#a", "#b", "#a", "#b"):
        await v.click(name)
        await v.pause(0.8, 1.5)
    await v.settle()


@harmless()
async def address_kept_up_to_date(v: Visitor) -> None:
    await v.open(
        "<button id=go>Zoom</button><b id=z>1</b><script>$('go').onclick = () => { history.replaceState({}, '',"
        "'?z=' + ++$('z').textContent) }</script>"
    )
    await v.click("#go", 6, (0.2, 0.5))
    await v.settle()


@harmless()
async def tabs_of_a_product(v: Visitor) -> None:
    await v.open(
        "<div role=tablist><button role=tab id=a aria-selected=true>Text</button><button role=tab id=b>Size</button></div>"
        "<div id=out>Text</div><script>for (const one of [$('a'), $('b')]) one.onclick = () => { for (const t of [$('a'),"
        "$('b')]) t.setAttribute('aria-selected', t == one); $('out').textContent = one.textContent }</script>"
    )
    for name in ("#b", "#a", "#b", "#a"):
        await v.click(name)
        await v.pause(0.3, 0.9)
    await v.settle()


@harmless()
async def entries_looked_at_one_after_another(v: Visitor) -> None:
    for name in ("one", "two"):
        v.serve(name, f"<h1>{name}</h1><p>Words to read</p>")
    await v.open(LINKS)
    for name in ("one", "two", "one"):
        await v.click(f"#{name}")
        await v.page.wait_for_url(f"**/{name}")
        await v.pause(5.6, 6.5)
        await v.page.go_back()
        await v.pause(1, 1.6)
    await v.settle()


@harmless()
async def views_of_an_app_read_in_turn(v: Visitor) -> None:
    await v.open(ROUTER, path="home")
    for name in ("#fares", "#rules"):
        await v.click(name)
        await v.pause(5.5, 6.5)
    await v.settle()


@harmless()
async def one_search_typed_letter_by_letter(v: Visitor) -> None:
    await v.open(
        "<input id=q type=search><ul id=out></ul><script>let t; $('q').oninput = () => { clearTimeout(t); t = setTimeout("
        "async () => { await api(200, 100); history.replaceState({}, '', '?q=' + $('q').value);"
        "$('out').innerHTML = `<li>${$('q').value}` }, 250) }</script>"
    )
    await v.click("#q")
    for part in ("red", " run", "ning", " sho", "es"):
        await v.keys(part)
        await v.pause(0.4, 0.7)
    await v.settle()


@harmless()
async def searches_whose_results_are_opened(v: Visitor) -> None:
    v.serve("one", "<h1>One</h1><p>Words to read</p>")
    body = "<form action=search><input id=q name=q type=search></form><a id=r href=one>Result</a>"
    await v.open(body, path="search")
    for words in ("shoes", "socks", "hats"):
        await v.clear("#q")
        await v.keys(words)
        await v.press("Enter")
        await v.page.wait_for_load_state()
        await v.pause(1, 1.5)
        await v.click("#r")
        await v.page.wait_for_url("**/one")
        await v.pause(5.5, 6)
        await v.page.go_back()
        await v.pause(0.8, 1.2)
    await v.settle()


@harmless()
async def empty_hint_that_is_hidden(v: Visitor) -> None:
    await v.open("<ul><li>Result</ul><p data-snag-no-results hidden>Nothing found</p>", path="search")
    await v.settle()
