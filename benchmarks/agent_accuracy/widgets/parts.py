"""Widget libraries: MUI, Radix, Headless UI, Bootstrap, Swiper, flatpickr, Choices, Tom Select, Sortable."""

from benchmarks.agent_accuracy.episodes import WIDGETS, friction, harmless
from benchmarks.agent_accuracy.visitor import Visitor
from benchmarks.agent_accuracy.widgets.frameworks import clicking

for page in ("mui", "bootstrap", "widgets"):
    friction("rage_click", allowed="dead_click", sort=WIDGETS, name=f"{page}_rage")(clicking(page, "#dead", 5))
    friction("dead_click", sort=WIDGETS, name=f"{page}_dead")(clicking(page, "#dead"))

friction("error_click", allowed="page_error", sort=WIDGETS, name="mui_throws")(clicking("mui", "#throws"))
friction("error_click", "failed_action", sort=WIDGETS, name="mui_fails")(clicking("mui", "#fails"))
friction("slow_step", sort=WIDGETS, name="mui_slow")(clicking("mui", "#slow", stay=4))
friction("error_click", allowed="page_error", sort=WIDGETS, name="bootstrap_dialog_that_is_gone")(
    clicking("bootstrap", "#gone")
)
for page, target, times in (
    ("mui", "#next", 6),
    ("mui", "#toast", 1),
    ("mui", "#check", 3),
    ("mui", "#switch", 4),
    ("mui", "#more", 3),
    ("bootstrap", "#fold", 1),
    ("bootstrap", "#switch", 4),
    ("bootstrap", "#toast", 1),
    ("radix", "#switch", 4),
    ("widgets", "#hand .swiper-button-next", 6),
    ("widgets", "#auto .swiper-button-next", 3),
):
    name = f"{page}_{''.join(c for c in target if c.isalpha())}_works"
    harmless(sort=WIDGETS, name=name)(clicking(page, target, times, gap=(0.4, 0.7)))
# Bootstrap's carousel takes no click while it turns by itself.
harmless(allowed="dead_click", sort=WIDGETS, name="bootstrap_next_works")(clicking("bootstrap", "#next"))


@harmless(sort=WIDGETS)
async def mui_dialog(v: Visitor) -> None:
    await v.library("mui")
    await v.click("#dialog")
    await v.pause(0.8, 1.2)
    await v.click("#close")
    await v.settle()


@harmless(sort=WIDGETS)
async def mui_select_and_tabs(v: Visitor) -> None:
    await v.library("mui")
    await v.click("#select")
    await v.pause(0.6, 1)
    await v.click("text=Twenty")
    await v.pause(0.8, 1.2)
    for tab in ("#t1", "#t0", "#t1"):
        await v.click(tab)
        await v.pause(0.3, 0.7)
    await v.settle()


@harmless(sort=WIDGETS)
async def mui_slider_and_stars(v: Visitor) -> None:
    await v.library("mui")
    x, y = await v.at("#slider")
    for off in (-50, 20, 60):
        await v.page.mouse.click(x + off, y)
        await v.pause(0.2, 0.5)
    await v.click("label:has-text('4 Stars')")
    await v.settle()


@harmless(sort=WIDGETS)
async def mui_suggestions(v: Visitor) -> None:
    await v.library("mui")
    await v.fill("input[role=combobox][type=text]", "Ber")
    await v.click("[role=option]")
    await v.settle()


@harmless(sort=WIDGETS)
async def radix_menu(v: Visitor) -> None:
    await v.library("radix")
    await v.click("#menu")
    await v.pause(0.5, 0.9)
    await v.click("#price")
    await v.settle()


@friction("dead_click", sort=WIDGETS)
async def radix_entry_that_does_nothing(v: Visitor) -> None:
    await v.library("radix")
    await v.click("#menu")
    await v.pause(0.6, 1)
    await v.click("#broken")
    await v.settle()


@harmless(sort=WIDGETS)
async def radix_dialog(v: Visitor) -> None:
    await v.library("radix")
    await v.click("#dialog")
    await v.pause(0.6, 1)
    await v.click("#close")
    await v.settle()


@harmless(sort=WIDGETS)
async def headless_list(v: Visitor) -> None:
    await v.library("radix")
    await v.click("#colour")
    await v.pause(0.5, 0.9)
    await v.click("#Blue")
    await v.settle()


@harmless(sort=WIDGETS)
async def bootstrap_menu_and_dialog(v: Visitor) -> None:
    await v.library("bootstrap")
    await v.click("#menu")
    await v.pause(0.5, 0.9)
    await v.click("#item")
    await v.pause(0.5, 0.9)
    await v.click("#modal")
    await v.pause(0.9, 1.2)
    await v.click("#close")
    await v.settle()


@harmless(sort=WIDGETS)
async def bootstrap_tabs(v: Visitor) -> None:
    await v.library("bootstrap")
    for tab in ("#tb", "#ta", "#tb"):
        await v.click(tab)
        await v.pause(0.5, 0.9)
    await v.settle()


@harmless(sort=WIDGETS)
async def flatpickr_months_and_day(v: Visitor) -> None:
    await v.library("widgets")
    await v.click("#date")
    await v.pause(0.4, 0.8)
    await v.click(".flatpickr-next-month", 7, (0.15, 0.4))
    await v.pause(0.3, 0.6)
    await v.click(".flatpickr-day:not(.prevMonthDay):not(.nextMonthDay) >> nth=11")
    await v.settle()


@harmless(sort=WIDGETS)
async def choices_and_tom_select(v: Visitor) -> None:
    await v.library("widgets")
    for select in (".choices", ".ts-control"):
        await v.click(select)
        await v.pause(0.5, 0.9)
        await v.press("ArrowDown", 1)
        await v.press("Enter")
        await v.pause(0.6, 1)
    await v.settle()


@harmless(sort=WIDGETS)
async def swiper_is_dragged(v: Visitor) -> None:
    await v.library("widgets")
    for _ in range(4):
        x, y = await v.at("#hand")
        await v.page.mouse.move(x + 80, y)
        await v.page.mouse.down()
        await v.page.mouse.move(x - 90, y, steps=6)
        await v.page.mouse.up()
        await v.pause(0.3, 0.5)
    await v.settle()


@harmless(sort=WIDGETS)
async def list_is_sorted_by_hand(v: Visitor) -> None:
    await v.library("widgets")
    for turn in range(3):
        x, y = await v.at(f"#sort li >> nth={turn}")
        await v.page.mouse.move(x, y)
        await v.page.mouse.down()
        await v.page.mouse.move(x, y + 12, steps=4)
        await v.page.mouse.move(x, y + 40, steps=8)
        await v.page.mouse.up()
        await v.pause(0.4, 0.8)
    await v.settle()
