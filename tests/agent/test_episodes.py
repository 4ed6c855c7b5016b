"""What people meet is found, and what only looks like it stays silent: played in a real browser."""

import asyncio

import pytest

from tests.agent.episodes import Episode, Played, clicks, clicks_at_once, in_frame, many, play_all, presses


def found(page: str, visit, *kinds: str, allowed: tuple[str, ...] = (), name: str = "", long: bool = False) -> Episode:
    return Episode(page, visit, frozenset(kinds), frozenset(allowed), name)


def silent(page: str, visit=None, name: str = "") -> Episode:
    return Episode(page, visit or clicks(), name=name)


DEAD = "dead_click"
RAGE = "rage_click"
SLOW = "slow_step"
ERROR = "page_error"

FRICTION = [
    found("dead_button", clicks(), DEAD),
    found("dead_button", clicks(times=3, every=0.2), DEAD, RAGE, name="rage_on_dead_button"),
    found("dead_button", presses("#b", "Enter"), DEAD, name="dead_by_keyboard"),
    found("dead_listener_does_nothing", clicks(), DEAD),
    found("dead_div_styled_as_button", clicks(times=4), DEAD, RAGE),
    found("dead_link_hash", clicks(), DEAD),
    found("dead_link_prevented", clicks(), DEAD),
    found("dead_with_ticker", clicks(before=1.5), DEAD),
    found("dead_with_ticker", clicks(times=5, before=0.1), DEAD, RAGE, name="rage_with_ticker"),
    found("dead_with_fast_ticker", clicks(times=3, before=1), DEAD, RAGE),
    found("dead_with_carousel_running", clicks(before=4), DEAD),
    found("dead_with_polling", clicks(times=3, before=2.5), DEAD, RAGE),
    found("dead_with_analytics_beacon", clicks(times=3), DEAD, RAGE),
    found("dead_with_analytics_pixel_in_page", clicks(times=3), DEAD, RAGE),
    found("dead_with_ripple", clicks(times=5, every=0.2), DEAD, RAGE),
    found("dead_with_flash_class", clicks(times=5, every=0.2), DEAD, RAGE),
    found("dead_with_press_styles", clicks(times=3), DEAD, RAGE),
    found("dead_with_aria_only", clicks(), DEAD),
    found("dead_checkbox_set_back", clicks(times=4, every=0.4), DEAD, RAGE),
    found("dead_in_shadow_root", clicks("my-box #b", times=3), DEAD, RAGE),
    found("dead_same_html_again", clicks(times=3), DEAD, RAGE),
    found("dead_in_frame", in_frame("#b", 3), DEAD, RAGE),
    found("rage_slow_and_exasperated", clicks(times=4, every=0.8), DEAD, RAGE),
    found("rage_on_disabled", clicks(times=4), RAGE),
    found("rage_on_plain_text", clicks(times=6), RAGE),
    found("rage_on_moving_target", clicks(times=4, every=0.1), RAGE, allowed=(DEAD,)),
    found("rage_while_blocked", clicks_at_once(), RAGE, "unresponsive_ui", allowed=(SLOW,)),
    found("error_thrown", clicks(), ERROR, "error_click"),
    found("error_rejected", clicks(), ERROR, "error_click"),
    found("request_fails", clicks(), "failed_action", "error_click"),
    found("error_resource", clicks("body"), ERROR),
    found("error_csp", clicks("body"), ERROR, name="error_logged"),
    found("slow_spinner", clicks(after=5), SLOW),
    found("slow_silent", clicks(after=5), SLOW),
    found("slow_timer", clicks(after=5), SLOW),
    found("slow_xhr", clicks(after=5), SLOW),
    found("slow_navigation", clicks(after=5.5), SLOW),
    found("slow_abandoned", clicks(after=4.5), SLOW),
]

HARMLESS = [
    silent("stepper", clicks(times=6, every=0.15)),
    silent("stepper_on_server", clicks(times=5)),
    silent("carousel", clicks(times=6)),
    silent("toggle", clicks(times=6, every=0.2)),
    silent("toggle_checkbox", clicks(times=5, every=0.3)),
    silent("pagination", clicks(times=5, every=0.35)),
    silent("double_click_selects", clicks(times=2, every=0.08)),
    silent("triple_click_text", clicks(times=3, every=0.08)),
    silent("download_link"),
    silent("download_by_script"),
    silent("new_tab_link"),
    silent("new_tab_by_script"),
    silent("menu_on_mousedown"),
    silent("only_scrolls"),
    silent("copy_button", clicks(times=3)),
    silent("copy_button_with_words", clicks(times=2)),
    silent("canvas_drawing", clicks(times=6)),
    silent("canvas_elsewhere", clicks(times=4)),
    silent("video_controls", clicks(times=4)),
    silent("debounced", clicks(times=5, every=0.2)),
    silent("details_summary", clicks(times=4)),
    silent("popover_menu"),
    silent("dialog_modal"),
    silent("checkbox_hack_menu"),
    silent("focus_within_menu"),
    silent("state_by_data_attribute"),
    silent("theme_by_data_attribute", clicks(times=4)),
    silent("waapi_animation"),
    silent("css_transition_elsewhere"),
    silent("works_in_shadow_root", clicks("my-box #b", times=4)),
    silent("works_in_frame", in_frame("#b", 4)),
    silent("spa_route"),
    silent("link_plain"),
    silent("link_slow_but_quick_enough", clicks(times=4)),
    silent("text_field", clicks(times=5, every=0.15)),
    silent("select_field", clicks(times=3)),
    silent("radio_buttons"),
    silent("plain_text", clicks()),
    silent("ignored", clicks(times=5)),
    silent("optimistic", clicks(after=5)),
    silent("toast_goes_away", clicks(after=5)),
    silent("drag_on_canvas", clicks(times=5)),
    silent(
        "keypad",
        many(
            *(clicks(f"#k button:nth-child({n})", before=0.05, after=0.1) for n in (1, 5, 5, 5, 9)),
            clicks("#o", after=3),
        ),
    ),
    silent("websocket_answer"),
    silent("validation_bubble", clicks(times=2, every=0.6)),
    silent("form_posts"),
    silent("request_refused"),
    silent("save_with_spinner_then_words"),
]

LATER_FRICTION = [  # met after the agent was built
    found("dead_in_busy_page", clicks(times=4, before=2.6), DEAD, RAGE),
    found("dead_with_marquee", clicks(times=3), DEAD, RAGE),
    found("dead_image_card", clicks(), DEAD),
    found("dead_link_script", clicks(times=3), DEAD, RAGE),
    found("dead_submit_prevented", clicks(), DEAD),
    found("dead_material_ripple", clicks(times=4), DEAD, RAGE),
    found("error_in_timer", clicks(), ERROR, "error_click"),
    found("failed_save_by_xhr", clicks(), "failed_action", "error_click"),
    found("slow_skeleton", clicks(after=5), SLOW),
    found("slow_disabled_button", clicks(after=5), SLOW),
]
LATER_HARMLESS = [
    silent("accordion_by_height", clicks(times=5, every=0.4)),
    silent("tabs_aria_selected"),
    silent("rendered_late_by_microtasks", clicks(times=4)),
    silent("list_drawn_anew", clicks(times=5)),
    silent("star_rating", clicks("#r span:nth-child(3)", times=3, every=0.9)),
    silent("ticking_page_with_working_button", clicks(times=4, before=1)),
    silent("sound_button", clicks(times=3)),
    silent("infinite_scroll_more", clicks(times=3, every=0.3)),
    silent("tooltip_on_click"),
    silent("map_pan", clicks(times=3)),
]


@pytest.fixture(scope="session")
def played(request) -> dict[str, Played]:
    """Every episode that this run asks for, played side by side."""
    wanted = [
        item.callspec.params["episode"]
        for item in request.session.items
        if "episode" in getattr(getattr(item, "callspec", None), "params", {})
    ]
    return asyncio.run(play_all({episode.id: episode for episode in wanted}.values()))


def cases(always: list[Episode], tail: list[Episode]):
    """As parameters; the tail only where there is time for it."""
    marked = [pytest.param(episode, id=episode.id, marks=pytest.mark.long) for episode in tail]
    return [pytest.param(episode, id=episode.id) for episode in always] + marked


@pytest.mark.parametrize("episode", cases(FRICTION, LATER_FRICTION))
def test_friction_is_found(episode, played):
    came = played[episode.id]
    assert not came.refused
    assert not came.faults
    assert episode.expected <= came.kinds
    assert came.kinds <= episode.expected | episode.allowed


@pytest.mark.parametrize("episode", cases(HARMLESS, LATER_HARMLESS))
def test_what_works_is_not_reported(episode, played):
    came = played[episode.id]
    assert not came.refused
    assert not came.faults
    assert came.kinds == set()
