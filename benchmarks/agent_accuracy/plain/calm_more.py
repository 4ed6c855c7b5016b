"""Further look-alikes of rage and dead clicks."""

from benchmarks.agent_accuracy.episodes import harmless
from benchmarks.agent_accuracy.plain.calm_clicks import clicked
from benchmarks.agent_accuracy.visitor import Visitor


@harmless()
async def copied_and_said_so_for_a_moment(v: Visitor) -> None:
    await clicked(
        v,
        v.control("Copy link") + "<p id=o></p><script>$('go').onclick = () => { $('o').textContent = 'Copied!';"
        "setTimeout(() => $('o').textContent = '', 1500) }</script>",
    )


@harmless()
async def overlay_is_closed_by_a_click_beside_it(v: Visitor) -> None:
    await v.open(
        v.control("Open")
        + "<div id=veil style='display:none;position:fixed;inset:0;background:#0008'><p>Offer</p></div>"
        "<script>$('go').onclick = () => $('veil').style.display = 'block';"
        "$('veil').onclick = () => $('veil').style.display = 'none'</script>"
    )
    await v.click("#go")
    await v.pause(0.6, 1.2)
    await v.page.mouse.click(600, 500)
    await v.settle()


@harmless()
async def favourites_of_a_list_one_by_one(v: Visitor) -> None:
    await v.open(
        "<ul>"
        + "".join(f"<li>Shoe {i} <button id=f{i} onclick='this.textContent = `♥`'>♡</button>" for i in range(8))
        + "</ul>"
    )
    for i in range(8):
        await v.click(f"#f{i}")
        await v.pause(0.05, 0.2)
    await v.settle()


@harmless()
async def map_is_moved_and_zoomed(v: Visitor) -> None:
    await v.open(
        "<div id=map style='width:400px;height:300px;overflow:hidden;position:relative;cursor:grab'><div id=tiles style="
        "'position:absolute;width:2000px;height:2000px;"
        "background:repeating-linear-gradient(45deg, red 0 9px, blue 0 30px)'>"
        "</div></div><button id=go>+</button><script>let x = 0, z = 1, on; const put = () => $('tiles').style.transform ="
        "`translate(${x}px) scale(${z})`; $('map').onmousedown = () => on = 1; onmouseup = () => on = 0; "
        "$('map').onmousemove = event => { if (on) { x += event.movementX; put() } }; "
        "$('go').onclick = () => { z *= 1.5; put() }</script>"
    )
    for _ in range(3):
        x, y = await v.at("#map")
        await v.page.mouse.move(x, y)
        await v.page.mouse.down()
        await v.page.mouse.move(x - 90, y + 20, steps=5)
        await v.page.mouse.up()
        await v.pause(0.2, 0.5)
    await v.click("#go", 4, (0.2, 0.4))
    await v.settle()


@harmless()
async def things_are_dropped_elsewhere(v: Visitor) -> None:
    await v.open(
        "<div id=a draggable=true style='width:80px;cursor:move'>Card</div><div id=b style='height:90px;border:1px solid'>"
        "Done</div><script>$('b').ondragover = event => event.preventDefault(); $('b').ondrop = () => $('b').append($('a'))"
        "</script>"
    )
    await v.page.drag_and_drop("#a", "#b")
    await v.settle()


@harmless()
async def table_is_sorted_to_and_fro(v: Visitor) -> None:
    await v.open(
        "<table><thead><tr><th id=go style='cursor:pointer'>Price</th></tr></thead><tbody id=t><tr><td>1<tr><td>2<tr><td>3"
        "</table><script>$('go').onclick = () => $('t').append(...[...$('t').rows].reverse())</script>"
    )
    await v.click("#go", 5, (0.3, 0.6))
    await v.settle()


@harmless()
async def picture_is_enlarged(v: Visitor) -> None:
    await v.open(
        "<img id=go src=pixel.gif width=90 height=90 style='cursor:zoom-in;transition:transform .3s'><script>"
        "$('go').onclick = () => $('go').style.transform = $('go').style.transform ? '' : 'scale(2)'</script>"
    )
    await v.click("#go", 2, (0.7, 1.2))
    await v.settle()


@harmless()
async def chosen_from_a_native_list_and_a_date(v: Visitor) -> None:
    await v.open("<select id=s><option>Red<option>Blue</select><input id=d type=date><input id=c type=color>")
    await v.click("#s")
    await v.press("ArrowDown")
    await v.press("Enter")
    await v.pause(0.3, 0.6)
    await v.click("#d")
    await v.keys("01022026")
    await v.settle()


@harmless(allowed="dead_click")
async def piano(v: Visitor) -> None:
    await v.open(
        "<button id=go>C</button><script>const a = new AudioContext(); $('go').onclick = () => { const o ="
        "a.createOscillator(); o.connect(a.destination); o.start(); o.stop(a.currentTime + .1) }</script>"
    )
    await v.click("#go", 2, (0.5, 0.8))
    await v.settle()


@harmless()
async def page_is_left_for_another_tab(v: Visitor) -> None:
    await v.open(v.control("Add") + "<p id=o></p><script>$('go').onclick = () => $('o').textContent = 'Added'</script>")
    await v.click("#go")
    other = await v.page.context.new_page()
    await other.goto("about:blank")
    await v.pause(1.5, 2.5)
    await v.page.bring_to_front()
    await v.settle()


@harmless()
async def hints_on_hovering(v: Visitor) -> None:
    await v.open(
        "".join(
            f"<button id=h{i} title='Hint {i}' onmouseenter='$(`o`).textContent = {i}'>{i}</button>" for i in range(5)
        )
        + "<p id=o></p>"
    )
    for i in range(5):
        x, y = await v.at(f"#h{i}")
        await v.page.mouse.move(x, y, steps=3)
        await v.pause(0.1, 0.3)
    await v.settle()


@harmless()
async def deleted_and_taken_back(v: Visitor) -> None:
    await v.open(
        "<ul id=l><li id=i>Milk <button id=go>Delete</button></ul><p id=o></p><script>$('go').onclick = () => {"
        "$('i').hidden = true; $('o').innerHTML = 'Deleted <button id=u>Undo</button>'; $('u').onclick = () => { "
        "$('i').hidden = false;"
        "$('o').textContent = '' } }</script>"
    )
    await v.click("#go")
    await v.pause(0.7, 1.5)
    await v.click("#u")
    await v.settle()
