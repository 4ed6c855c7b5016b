"""Forms, views, searches and waiting: each signal where it must come, and where it only looks like it."""

import asyncio

import pytest

from tests.agent.episodes import Episode, clicks, many, play_all

E = Episode


def fills(**texts: str):
    """Type into fields, as a visitor would; `_` in a name is nothing special."""

    async def visit(page) -> None:
        for field, text in texts.items():
            await page.fill(f"#{field}", "")
            await page.type(f"#{field}", text, delay=5)

    return visit


def does(script: str, after: float = 0.3):
    """Something that the browser itself does, such as going back."""

    async def visit(page) -> None:
        await page.evaluate(script)
        await page.wait_for_timeout(after * 1000)

    return visit


def goes(*steps: str, every: float = 0.8, after: float = 0.5):
    """Click on links one after the other; `back` is the browser's own."""

    async def visit(page) -> None:
        await page.wait_for_timeout(600)
        for step in steps:
            if step == "back":
                await page.go_back()
            else:
                await page.click(step)
            await page.wait_for_timeout(every * 1000)
        await page.wait_for_timeout(after * 1000)

    return visit


def dialogs(seconds: float):
    """Answer the browser's own dialogs after a while."""

    async def answer(dialog) -> None:
        await asyncio.sleep(seconds)
        await dialog.accept()

    async def visit(page) -> None:
        page.on("dialog", lambda dialog: asyncio.ensure_future(answer(dialog)))

    return visit


def kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


click = clicks(before=0.1, after=1.2)
away = does("location.href = '/other'")
settle = does("0", 1.5)
search = [
    many(does(f"q.focus(); q.value = '{word}'; q.dispatchEvent(new Event('change', {{bubbles: true}}))"))
    for word in ("red shoes", "shoes", "sneakers", "xyz")
]

FOUND = [
    E("form_two_fields", many(fills(a="x", c="y"), away), kinds("form_abandonment")),
    E("form_spa", many(fills(a="x", c="y"), away), kinds("form_abandonment"), name="spa_form_left"),
    E(
        "form_refused_by_server",
        many(fills(a="1"), click, fills(a="2"), click, away),
        kinds("validation_loop"),
    ),
    E(
        "form_refused_by_script",
        many(fills(a="1"), click, fills(a="2"), click, fills(a="12345678", c="x"), click),
        kinds("validation_loop"),
    ),
    E(
        "form_emptied",
        many(*[many(fills(a="x"), does("c.focus()"), fills(c="y"), click)] * 3),
        kinds("field_refill"),
        allowed=kinds("form_abandonment"),
        name="emptied_by_hand",
    ),
    E(
        "login",
        many(fills(a="anna", c="x"), click),
        kinds("login_failure"),
        allowed=kinds("form_abandonment"),
    ),
    E(
        "login",
        many(
            fills(a="anna", c="x"),
            click,
            fills(a="anna", c="y"),
            click,
            clicks("#s", before=0.1, after=1),
        ),
        kinds("login_failure", "session_expired"),
        name="session_expired",
    ),
    E("submit_twice", clicks(times=2, every=0.4), kinds("repeated_submit")),
    E("spa_views", goes("#x", "#y", "back"), kinds("quick_back")),
    E("spa_views", goes("#x", "#y", "#x"), kinds("quick_back"), name="quick_back_by_link"),
    E(
        "spa_views",
        goes("#x", "#y", "#x", "#y", "#x"),
        kinds("quick_back", "navigation_loop"),
        name="in_circles",
    ),
    E("not_found_view", clicks(), kinds("error_page")),
    E("blank", does("0", 6), kinds("blank_page")),
    E("search_and_help", many(*search, settle), kinds("search_refinement", "no_results")),
    E("search_and_help", clicks("#h", after=1), kinds("help_opened"), name="help"),
    E("search_and_help", clicks("#k", after=1), kinds("contact_opened"), name="contact"),
    E("search_and_help", many(fills(s="refund"), does("s.blur()")), kinds("help_search"), name="help_search"),
    E("blocked_handler", clicks(), kinds("unresponsive_ui")),
    E("answered_after_five", clicks(after=7), kinds("slow_step")),
    E("timer_after_five", clicks(after=7), kinds("slow_step")),
    E("answered_after_five", clicks(after=3), kinds("slow_step"), name="left_before_the_answer"),
    E("request_without_answer", clicks(after=5), kinds("dead_click")),
    E("slow_ticker", clicks(before=7, after=4), kinds("dead_click")),
]

SILENT = [
    E("form_two_fields", many(fills(a="x", c="y"), click), name="form_sent"),
    E("form_two_fields", many(fills(a="x"), away), name="one_field_only"),
    E("form_spa", many(fills(a="x", c="y@z.de"), click, away), name="spa_form_sent"),
    E("form_refused_by_server", many(fills(a="1", c="x"), *[many(fills(a="2"), click)] * 1, settle),
      allowed=kinds("form_abandonment"), name="refused_once"),
    E("chat", many(*[many(fills(a="hello"), click)] * 4)),
    E("submit_twice", clicks(), name="submit_once"),
    E("submit_guarded", clicks(times=2, every=0.4)),
    E("spa_views", goes("#x", "#y", "back", every=5.3), name="slow_back"),
    E("spa_views", many(goes("#x", "#y"), fills(i="x"), goes("back")), name="back_after_typing"),
    E("spa_views", goes("#x", "#y", "#x", "#z", "#x", every=5.2), name="hub"),
    E("room_404", clicks()),
    E("blank_but_canvas", does("0", 6)),
    E("search_and_help", search[0], name="search_once"),
    E("alert_waits", many(dialogs(1.5), clicks(after=1))),
    E("link_to_bottom", clicks(times=2, every=0.8)),
]  # fmt: skip


@pytest.fixture(scope="module")
def played(request):
    """Every episode that this run asks for, played side by side."""
    wanted = [
        item.callspec.params["signal"]
        for item in request.session.items
        if "signal" in getattr(getattr(item, "callspec", None), "params", {})
    ]
    return asyncio.run(play_all(wanted))


@pytest.mark.parametrize("signal", FOUND, ids=lambda episode: episode.id)
def test_the_signal_is_found(signal, played):
    came = played[signal.id]
    assert not came.refused
    assert not came.faults
    assert signal.expected <= came.kinds <= signal.expected | signal.allowed


@pytest.mark.parametrize("signal", SILENT, ids=lambda episode: episode.id)
def test_what_only_looks_like_it_is_not(signal, played):
    came = played[signal.id]
    assert not came.refused
    assert not came.faults
    assert came.kinds <= signal.allowed
