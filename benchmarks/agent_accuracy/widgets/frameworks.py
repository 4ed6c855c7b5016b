"""React, Preact, Vue, Svelte and Lit: the same visits on pages that render themselves."""

from benchmarks.agent_accuracy.episodes import WIDGETS, Play, friction, harmless
from benchmarks.agent_accuracy.visitor import Visitor

EVERYWHERE = ("react", "preact", "vue", "svelte", "lit")


def clicking(page: str, target: str, times: int = 1, stay: float = 0, gap: tuple[float, float] = (0.15, 0.45)) -> Play:
    """A visit that clicks one control of a page so often."""

    async def play(v: Visitor) -> None:
        await v.library(page)
        await v.pause(0.6, 1.4)
        await v.click(target, times, gap)
        await v.pause(stay)
        await v.settle()

    return play


for page in EVERYWHERE:
    harmless(sort=WIDGETS, name=f"{page}_counter")(clicking(page, "#plus", 6))
    friction("rage_click", allowed="dead_click", sort=WIDGETS, name=f"{page}_rage")(clicking(page, "#dead", 5))
    friction("dead_click", sort=WIDGETS, name=f"{page}_dead")(clicking(page, "#dead"))
    friction("error_click", allowed="page_error", sort=WIDGETS, name=f"{page}_throws")(clicking(page, "#throws"))
    friction("slow_step", sort=WIDGETS, name=f"{page}_slow")(clicking(page, "#slow", stay=4))

for page in ("react", "vue", "svelte"):
    friction("error_click", "failed_action", sort=WIDGETS, name=f"{page}_fails")(clicking(page, "#fails"))

harmless(sort=WIDGETS, name="react_like")(clicking("react", "#like", stay=2))
harmless(sort=WIDGETS, name="react_like_and_unlike")(clicking("react", "#like", 4, gap=(0.3, 0.6)))
harmless(sort=WIDGETS, name="react_quick_answer")(clicking("react", "#quick"))
harmless(sort=WIDGETS, name="react_checkbox")(clicking("react", "#agree", 3, gap=(0.3, 0.5)))
harmless(sort=WIDGETS, name="svelte_fold")(clicking("svelte", "#fold", 4, gap=(0.4, 0.7)))
harmless(sort=WIDGETS, name="lit_details")(clicking("lit", "#more", 3, gap=(0.4, 0.7)))
friction("dead_click", sort=WIDGETS, name="react_state_that_stays")(clicking("react", "#same"))
friction("dead_click", sort=WIDGETS, name="react_checkbox_that_is_held")(clicking("react", "#stuck"))
friction("rage_click", allowed="dead_click", sort=WIDGETS, name="react_rage_on_a_held_checkbox")(
    clicking("react", "#stuck", 5, gap=(0.4, 0.8))
)
friction("error_click", allowed="page_error blank_page", sort=WIDGETS, name="react_render_fails")(
    clicking("react", "#render")
)
friction("error_click", allowed="page_error", sort=WIDGETS, name="vue_async_handler_throws")(clicking("vue", "#late"))
friction("slow_step", allowed="dead_click", sort=WIDGETS, name="react_silent_search")(
    clicking("react", "#silent", stay=4)
)
friction("slow_step", sort=WIDGETS, name="react_lazy_view")(clicking("react", "#lazy", stay=4))


@harmless(sort=WIDGETS)
async def preact_list_of_things(v: Visitor) -> None:
    await v.library("preact")
    for word in ("milk", "bread", "salt", "tea"):
        await v.fill("#new", word)
        await v.press("Enter")
    await v.settle()


@harmless(sort=WIDGETS)
async def vue_chat(v: Visitor) -> None:
    await v.library("vue")
    for word in ("Hello", "where is it", "order 7", "thanks"):
        await v.fill("#say", word)
        await v.press("Enter")
        await v.pause(0.4, 0.9)
    await v.settle()


@harmless(sort=WIDGETS)
async def svelte_stars(v: Visitor) -> None:
    await v.library("svelte")
    for star in (2, 3, 5, 4):
        await v.click(f"#s{star}")
        await v.pause(0.15, 0.4)
    await v.settle()


for app, query in (("react", ""), ("react", "?hash"), ("vue", ""), ("vue", "?hash")):
    first, second = ("#list", "#one") if app == "react" else ("#home", "#fares")
    mode = "hash" if query else "history"

    def routes(app: str, query: str, first: str, second: str) -> tuple[Play, Play, Play]:
        async def start(v: Visitor) -> None:
            await v.library(app, query=query)
            await v.pause(0.5, 1)
            await v.click(first)
            await v.pause(1.5, 2.5)
            await v.click(second)

        async def back_at_once(v: Visitor) -> None:
            await start(v)
            await v.pause(1.2, 3)
            await v.page.go_back()
            await v.settle()

        async def read_first(v: Visitor) -> None:
            await start(v)
            await v.pause(6.5, 8)
            await v.page.go_back()
            await v.settle()

        async def stayed(v: Visitor) -> None:
            await start(v)
            await v.settle()

        return back_at_once, read_first, stayed

    hasty, patient, calm = routes(app, query, first, second)
    if mode == "history":
        friction("quick_back", sort=WIDGETS, name=f"{app}_{mode}_back_at_once")(hasty)
    harmless(sort=WIDGETS, name=f"{app}_{mode}_read_first")(patient)
    harmless(sort=WIDGETS, name=f"{app}_{mode}_walk")(calm)


@friction("validation_loop", sort=WIDGETS)
async def react_hook_form_refuses_twice(v: Visitor) -> None:
    await v.library("react", path="form")
    await v.fill("#name", "Anna")
    for city in ("Bnn", "Bon", "Bonn"):
        await v.clear("#city")
        await v.fill("#city", city)
        await v.click("#send")
        await v.pause(1.5, 2.2)
    await v.settle()


@friction("form_abandonment", sort=WIDGETS)
async def react_form_left_for_another_view(v: Visitor) -> None:
    await v.library("react", path="form")
    await v.fill("#name", "Anna")
    await v.fill("#city", "Bonn")
    await v.pause(0.5, 1)
    await v.click("#home")
    await v.settle()


@harmless(sort=WIDGETS)
async def react_form_sent(v: Visitor) -> None:
    await v.library("react", path="form")
    await v.fill("#name", "Anna")
    await v.fill("#city", "Bonn")
    await v.click("#send")
    await v.settle()


@harmless(sort=WIDGETS)
async def react_form_refused_once(v: Visitor) -> None:
    await v.library("react", path="form")
    await v.fill("#name", "Anna")
    await v.click("#send")
    await v.pause(2.2, 3)
    await v.fill("#city", "Bonn")
    await v.click("#send")
    await v.settle()
