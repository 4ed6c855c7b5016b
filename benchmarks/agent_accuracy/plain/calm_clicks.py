"""Look-alikes of rage and dead clicks: every click here does what the visitor wanted."""

from benchmarks.agent_accuracy.episodes import harmless
from benchmarks.agent_accuracy.visitor import Visitor


async def clicked(v: Visitor, body: str, times: int = 1, gap: tuple[float, float] = (0.2, 0.5)) -> None:
    """Open a page, click #go so often, stay."""
    await v.open(body)
    await v.click("#go", times, gap)
    await v.settle()


@harmless()
async def stepper(v: Visitor) -> None:
    await clicked(
        v, v.control("+") + "<output id=n>1</output><script>$('go').onclick = () => $('n').textContent++</script>", 7
    )


@harmless()
async def number_field_that_a_button_raises(v: Visitor) -> None:
    await clicked(
        v, "<input id=n type=number value=1><button id=go onclick='$(`n`).stepUp()'>+</button>", 6, (0.1, 0.3)
    )


@harmless()
async def carousel_by_transform(v: Visitor) -> None:
    await clicked(
        v,
        "<div style='overflow:hidden;width:200px'><div id=row style='display:flex;transition:transform .4s'>"
        + "".join(f"<p style='min-width:200px'>Shoe {i}</p>" for i in range(9))
        + "</div></div><button id=go>›</button>"
        "<script>let n = 0; $('go').onclick = () => $('row').style.transform = `translateX(-${++n * 200}px)`</script>",
        6,
        (0.2, 0.6),
    )


@harmless()
async def carousel_by_scrolling(v: Visitor) -> None:
    await clicked(
        v,
        "<div id=row style='display:flex;overflow-x:auto;width:200px;scroll-behavior:smooth'>"
        + "".join(f"<p style='min-width:200px'>Shoe {i}</p>" for i in range(12))
        + "</div><button id=go>›</button>"
        "<script>$('go').onclick = () => $('row').scrollBy(200, 0)</script>",
        5,
        (0.4, 0.7),
    )


@harmless()
async def calendar_months(v: Visitor) -> None:
    await clicked(
        v,
        "<button id=go>›</button><b id=m>1</b><table id=t></table><script>let m = 1; $('go').onclick = () => {"
        "$('m').textContent = m = m % 12 + 1; $('t').innerHTML = '<tr>' + '<td>1</td>'.repeat(m) + '</tr>' }</script>",
        8,
    )


@harmless()
async def double_click_selects_a_word(v: Visitor) -> None:
    await v.open("<p id=go>Delivery takes seven days in most countries</p>")
    await v.click("#go", 2, (0.08, 0.12))
    await v.settle()


@harmless()
async def triple_click_selects_a_paragraph(v: Visitor) -> None:
    await v.open("<p id=go>Delivery takes seven days in most countries</p>")
    x, y = await v.at("#go")
    await v.page.mouse.click(x, y, click_count=3, delay=30)
    await v.settle()


@harmless()
async def aimless_clicks_into_the_empty_page(v: Visitor) -> None:
    await v.open("<p>A long text to read</p><div id=go style='height:300px'></div>")
    await v.click("#go", v.rng.choice([1, 2]), (0.4, 1.2))
    await v.settle()


@harmless()
async def card_is_dragged(v: Visitor) -> None:
    await v.open(
        "<div id=go style='position:absolute;width:90px;height:60px;background:#ccc;cursor:grab'>Card</div><script>"
        "let on; $('go').onpointerdown = event => { on = 1; $('go').setPointerCapture(event.pointerId) };"
        "$('go').onpointermove = event => { if (on) $('go').style.left = event.clientX + 'px' };"
        "$('go').onpointerup = () => on = 0</script>"
    )
    for _ in range(3):
        x, y = await v.at("#go")
        await v.page.mouse.move(x, y)
        await v.page.mouse.down()
        await v.page.mouse.move(x + 80, y, steps=6)
        await v.page.mouse.up()
        await v.pause(0.1, 0.3)
    await v.settle()


@harmless()
async def game_on_a_canvas(v: Visitor) -> None:
    await clicked(
        v,
        "<canvas id=go width=300 height=150></canvas><script>const c = $('go').getContext('2d');"
        "$('go').onclick = event => c.fillRect(event.offsetX, event.offsetY, 20, 20)</script>",
        14,
        (0.1, 0.25),
    )


@harmless()
async def game_of_moles(v: Visitor) -> None:
    await v.open(
        "<p id=score>0</p><div id=field style='position:relative;height:300px;width:400px'><button id=go"
        " style='position:absolute'>mole</button></div><script>$('go').onclick = () => { $('score').textContent++;"
        "$('go').style.left = Math.random() * 300 + 'px' }</script>"
    )
    for _ in range(8):
        await v.click("#go")
        await v.pause(0.05, 0.2)
    await v.settle()


@harmless()
async def keypad_with_the_same_digit(v: Visitor) -> None:
    await clicked(
        v,
        "<input id=pin readonly><button id=go>7</button><script>$('go').onclick = () => $('pin').value += 7</script>",
        5,
    )


@harmless()
async def menu_opens_on_pointerdown(v: Visitor) -> None:
    down = v.rng.choice(["mousedown", "pointerdown"])
    await v.open(
        "<button id=go>Sort</button><ul id=menu hidden><li id=item>Price</ul><p id=out></p><script>"
        f"$('go').addEventListener('{down}', () => $('menu').hidden = !$('menu').hidden);"
        f"$('item').addEventListener('{down}', () => {{ $('out').textContent = 'Price'; $('menu').hidden = true }})</script>"
    )
    await v.click("#go")
    await v.pause(0.5, 1)
    await v.click("#item")
    await v.settle()


@harmless()
async def menu_opened_and_closed_again_and_again(v: Visitor) -> None:
    await clicked(
        v,
        "<button id=go>Menu</button><ul id=menu hidden><li>Home</ul><script>$('go').onclick = () =>"
        "$('menu').hidden = !$('menu').hidden</script>",
        6,
        (0.15, 0.4),
    )


@harmless()
async def debounced_filter(v: Visitor) -> None:
    await v.open(
        "<button id=go>Only red</button><ul id=out><li>a</ul><script>let t; $('go').onclick = () => { clearTimeout(t);"
        "t = setTimeout(async () => { await api(200, 300); $('out').innerHTML = '<li>red shoe' }, 600) }</script>"
    )
    await v.click("#go")
    await v.settle()


@harmless()
async def like_with_an_answer_that_comes_late(v: Visitor) -> None:
    await clicked(
        v,
        "<button id=go>♡ 7</button><script>$('go').onclick = () => { $('go').textContent = '♥ 8'; api(200, 4500) }"
        "</script>",
    )
    await v.pause(2)


@harmless()
async def working_button_beside_a_ticker(v: Visitor) -> None:
    await clicked(
        v,
        "<p id=c></p>"
        + v.control("+")
        + "<b id=n>0</b><script>setInterval(() => $('c').textContent = Date.now(), 150);"
        "$('go').onclick = () => $('n').textContent++</script>",
        6,
    )


@harmless()
async def answer_in_the_node_that_also_ticks(v: Visitor) -> None:
    await v.open(
        "<p>Auction ends in <b id=left>60</b></p>"
        + v.control("Bid")
        + "<p id=bid>Highest bid 10</p><script>let n = 10;"
        "setInterval(() => $('left').textContent--, 500); $('go').onclick = () => $('bid').textContent = `Yours: ${++n}`"
        "</script>"
    )
    await v.pause(1.5, 2.5)
    await v.click("#go")
    await v.settle()


@harmless()
async def measured_and_answered(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Show") + "<p id=out></p><script>$('go').onclick = () => { navigator.sendBeacon('api/204', 'x');"
        "$('out').textContent = 'Shown' }</script>",
    )


@harmless()
async def ripple_and_then_the_answer(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Show") + "<p id=out></p><script>$('go').onclick = () => { $('go').classList.add('r');"
        "setTimeout(() => $('go').classList.remove('r'), 300); setTimeout(() => $('out').textContent = 'Here', 800) }"
        "</script>",
    )


@harmless()
async def copied_to_the_clipboard(v: Visitor) -> None:
    how = v.rng.choice(["navigator.clipboard.writeText('code').catch(() => {})", "document.execCommand('copy')"])
    text = "<p id=p>SAVE10</p>" if "exec" in how else ""
    select = "getSelection().selectAllChildren($('p'));" if text else ""
    await v.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await clicked(v, f"{text}<button id=go>Copy</button><script>$('go').onclick = () => {{ {select} {how} }}</script>")


@harmless()
async def file_is_downloaded(v: Visitor) -> None:
    link = v.rng.choice(["<a id=go href=file.bin download>Invoice</a>", "<a id=go href=file.bin>Invoice</a>"])
    await clicked(v, link)


@harmless()
async def file_made_in_the_page_is_downloaded(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Export") + "<script>$('go').onclick = () => { const a = document.createElement('a');"
        "a.href = URL.createObjectURL(new Blob(['a;b'])); a.download = 'table.csv'; a.click() }</script>",
    )


@harmless()
async def mail_and_telephone_links(v: Visitor) -> None:
    await v.open("<a id=mail href='mailto:help@shop.example'>Mail</a> <a id=tel href='tel:+49123'>Call</a>")
    await v.click(v.rng.choice(["#mail", "#tel"]))
    await v.settle()


@harmless()
async def anchor_on_the_same_page(v: Visitor) -> None:
    await clicked(v, "<a id=go href='#rules'>Rules</a><div style='height:3000px'></div><h2 id=rules>Rules</h2>")


@harmless()
async def details_popover_and_dialog(v: Visitor) -> None:
    await v.open(
        "<details><summary id=d>More</summary>Text</details><button id=p popovertarget=pop>Help</button>"
        "<div id=pop popover>Words</div><button id=m onclick='$(`dlg`).showModal()'>Terms</button>"
        "<dialog id=dlg><form method=dialog><button id=ok>Close</button></form></dialog>"
    )
    await v.click("#d")
    await v.pause(0.4, 0.9)
    await v.click("#p")
    await v.pause(0.4, 0.9)
    await v.press("Escape")
    await v.click("#m")
    await v.pause(0.4, 0.9)
    await v.click("#ok")
    await v.settle()


@harmless()
async def page_is_printed(v: Visitor) -> None:
    await clicked(v, "<button id=go onclick='print()'>Print</button>")


@harmless()
async def file_is_chosen(v: Visitor) -> None:
    body = v.rng.choice(
        [
            "<input type=file id=go>",
            "<input type=file id=f hidden><button id=go onclick='$(`f`).click()'>Upload</button>",
            "<input type=file id=f hidden><label id=go for=f style='cursor:pointer'>Upload</label>",
        ]
    )
    await clicked(v, body)


@harmless()
async def question_by_the_browser(v: Visitor) -> None:
    ask = v.rng.choice(["confirm('Sure?')", "alert('Hello')", "prompt('Name?')"])
    await clicked(v, f'<button id=go onclick="{ask}">Delete</button>')


@harmless()
async def disabled_button(v: Visitor) -> None:
    await clicked(v, "<button id=go disabled>Pay</button><p>Fill in the form first</p>", v.rng.choice([1, 2]))


@harmless()
async def labels_and_boxes(v: Visitor) -> None:
    await v.open("".join(f"<label id=l{i}><input type=checkbox> Option {i}</label><br>" for i in range(6)))
    for i in range(6):
        await v.click(f"#l{i}")
        await v.pause(0.1, 0.25)
    await v.settle()


@harmless()
async def switch_without_script(v: Visitor) -> None:
    style = (
        "<style>#box { display: none } #go { padding: 9px; background: #ddd } #box:checked + #go { background: green }"
    )
    await clicked(v, f"{style}</style><input type=checkbox id=box><label id=go for=box>Dark</label>", 4, (0.3, 0.6))


@harmless()
async def radio_that_is_chosen_already(v: Visitor) -> None:
    await clicked(
        v,
        "<label><input type=radio name=r id=go checked> Standard</label><label><input type=radio name=r> Fast",
    )


@harmless()
async def range_is_dragged(v: Visitor) -> None:
    await v.open("<input type=range id=go style='width:300px'>")
    x, y = await v.at("#go")
    for off in (40, 90, -60, 20):
        await v.page.mouse.click(x + off, y)
        await v.pause(0.1, 0.3)
    await v.settle()


@harmless()
async def text_field_clicked_often(v: Visitor) -> None:
    body = v.rng.choice(
        [
            "<input id=go value='some words'>",
            "<textarea id=go>words</textarea>",
            "<div id=go contenteditable style='border:1px solid'>words to edit</div>",
        ]
    )
    await clicked(v, body, 4, (0.15, 0.4))


@harmless()
async def answer_after_a_second_and_a_half(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Search") + "<p id=out></p><script>$('go').onclick = async () => { await api(200, 1500);"
        "$('out').textContent = 'Found' }</script>",
    )


@harmless()
async def spinner_and_then_the_answer(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Search") + "<p id=out></p><script>$('go').onclick = async () => { $('out').textContent = '…';"
        "await api(200, 2300); $('out').textContent = 'Found' }</script>",
    )


@harmless()
async def toast_that_goes_away(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Add") + "<script>$('go').onclick = () => { const t = document.createElement('p');"
        "t.textContent = 'Added to basket'; document.body.append(t); setTimeout(() => t.remove(), 2500) }</script>",
    )


@harmless()
async def theme_switch(v: Visitor) -> None:
    await clicked(
        v,
        "<style>html.dark body { background: #222; color: #eee }</style>"
        + v.control("Theme")
        + "<script>$('go').onclick = () => document.documentElement.classList.toggle('dark')</script>",
        3,
        (0.4, 0.8),
    )


@harmless()
async def moved_by_the_animation_api(v: Visitor) -> None:
    await clicked(
        v,
        "<button id=go>Shake the box</button><div id=box style='width:60px;height:60px;background:red'></div><script>"
        "$('go').onclick = () => $('box').animate({transform: ['none', 'rotate(360deg)']}, 900)</script>",
    )


@harmless()
async def style_rule_is_added(v: Visitor) -> None:
    await clicked(
        v,
        "<button id=go>Bigger</button><p>Words to read</p><script>const s = new CSSStyleSheet();"
        "document.adoptedStyleSheets = [s]; $('go').onclick = () => s.insertRule('p { font-size: 30px }')</script>",
    )


@harmless()
async def music_is_played(v: Visitor) -> None:
    await clicked(
        v,
        "<audio id=a></audio><button id=go>Play</button><script>const rate = 8000, n = rate * 3, b = new DataView("
        "new ArrayBuffer(44 + n)); const w = (o, s) => [...s].forEach((c, i) => b.setUint8(o + i, c.charCodeAt()));"
        "w(0, 'RIFF'); b.setUint32(4, 36 + n, true); w(8, 'WAVEfmt '); b.setUint32(16, 16, true); b.setUint16(20, 1, true);"
        "b.setUint16(22, 1, true); b.setUint32(24, rate, true); b.setUint32(28, rate, true); b.setUint16(32, 1, true);"
        "b.setUint16(34, 8, true); w(36, 'data'); b.setUint32(40, n, true); for (let i = 0; i < n; i++) b.setUint8(44 + i,"
        "128); $('a').src = URL.createObjectURL(new Blob([b], {type: 'audio/wav'}));"
        "$('go').onclick = () => $('a').paused ? $('a').play() : $('a').pause()</script>",
    )


@harmless()
async def new_window(v: Visitor) -> None:
    v.serve("terms", "<h1>Terms</h1>")
    body = v.rng.choice(
        [
            "<a id=go href=terms target=_blank>Terms</a>",
            "<button id=go onclick='open(`terms`)'>Terms</button>",
        ]
    )
    await clicked(v, body)


@harmless()
async def link_opened_in_a_tab_of_its_own(v: Visitor) -> None:
    v.serve("one", "<h1>One</h1>")
    await v.open("<a id=go href=one>One</a>")
    await v.page.keyboard.down("Control")
    await v.click("#go")
    await v.page.keyboard.up("Control")
    await v.settle()


@harmless()
async def virtual_list_is_scrolled(v: Visitor) -> None:
    await v.open(
        "<div id=list style='height:200px;overflow:auto'><div style='height:9000px;position:relative' id=in></div></div>"
        "<script>const draw = () => { const top = Math.floor($('list').scrollTop / 30); $('in').innerHTML = [...Array(8)]"
        ".map((_, i) => `<p style='position:absolute;top:${(top + i) * 30}px'>Row ${top + i}</p>`).join('') }; draw();"
        "$('list').onscroll = draw</script>"
    )
    x, y = await v.at("#list")
    await v.page.mouse.move(x, y)
    for _ in range(6):
        await v.page.mouse.wheel(0, 400)
        await v.pause(0.1, 0.3)
    await v.settle()


@harmless()
async def field_gets_the_focus(v: Visitor) -> None:
    await clicked(v, "<input id=q type=search><button id=go onclick='$(`q`).focus()'>Search</button>")


@harmless()
async def password_is_shown_and_hidden(v: Visitor) -> None:
    await v.open(
        "<input id=p type=password value=abcdefg><button id=go>Show</button><script>"
        "$('go').onclick = () => $('p').type = $('p').type == 'text' ? 'password' : 'text'</script>"
    )
    await v.click("#go", 4, (0.3, 0.7))
    await v.settle()


@harmless()
async def long_list_is_loaded_piece_by_piece(v: Visitor) -> None:
    await clicked(
        v,
        "<button id=go>More</button><ul id=l></ul><script>$('go').onclick = async () => { await api(200, 250);"
        "for (let i = 0; i < 3; i++) $('l').append(Object.assign(document.createElement('li'), {innerText: i})) }</script>",
        4,
        (0.7, 0.95),
    )


@harmless()
async def button_that_the_growing_list_pushes_away(v: Visitor) -> None:
    await clicked(
        v,
        "<ul id=l></ul><button id=go>More</button><script>$('go').onclick = async () => { await api(200, 250);"
        "for (let i = 0; i < 3; i++) $('l').append(Object.assign(document.createElement('li'), {innerText: i})) }</script>",
        4,
        (0.7, 0.95),
    )


@harmless()
async def rating_with_stars(v: Visitor) -> None:
    await v.open(
        "<div id=r>" + "".join(f"<span id=s{i} style='cursor:pointer'>☆</span>" for i in range(5)) + "</div><script>"
        "[...$('r').children].forEach((s, i) => s.onclick = () => [...$('r').children].forEach((t, j) =>"
        "t.textContent = j <= i ? '★' : '☆'))</script>"
    )
    for i in (2, 3, 4, 3):
        await v.click(f"#s{i}")
        await v.pause(0.15, 0.4)
    await v.settle()


@harmless(touch=True)
async def swiped_and_tapped(v: Visitor) -> None:
    await v.open("<button id=go>+</button><b id=n>0</b><script>$('go').onclick = () => $('n').textContent++</script>")
    await v.tap("#go", 6, (0.12, 0.3))
    await v.settle()


@harmless()
async def frame_with_a_working_counter(v: Visitor) -> None:
    await v.open(
        "<iframe srcdoc=\"<button id=go onclick='n.textContent++'>+</button><b id=n>0</b>\" width=300 height=90></iframe>"
    )
    await v.click(v.page.frame_locator("iframe").locator("#go"), 6)
    await v.settle()


@harmless()
async def shadow_root_with_a_working_counter(v: Visitor) -> None:
    await v.open(
        "<x-n></x-n><script>customElements.define('x-n', class extends HTMLElement { connectedCallback() { const r ="
        "this.attachShadow({mode: 'open'}); r.innerHTML = '<button id=go>+</button><b>0</b>';"
        "r.querySelector('button').onclick = () => r.querySelector('b').textContent++ } })</script>"
    )
    await v.click("#go", 6)
    await v.settle()


@harmless()
async def button_that_works_across_frames(v: Visitor) -> None:
    await v.open(
        "<iframe id=f srcdoc='<p id=p>Preview</p>' width=300 height=90></iframe><button id=go>Blue</button><script>"
        "$('go').onclick = () => $('f').contentDocument.getElementById('p').textContent = 'Preview in blue'</script>"
    )
    await v.click("#go")
    await v.settle()


@harmless()
async def right_click_and_keys(v: Visitor) -> None:
    await v.open("<p id=go>Text to read</p><button>Ok</button>")
    x, y = await v.at("#go")
    await v.page.mouse.click(x, y, button="right")
    await v.pause(0.3, 0.6)
    await v.press("Tab", 5, (0.1, 0.3))
    await v.settle()
