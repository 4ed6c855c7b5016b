"""Whose fault an exception is goes by its class and its place; what a page or an author wrote is data."""

import json

import pytest
from playwright.async_api import Error
from playwright.async_api import TimeoutError as Waited

from synthetic.journey import Step
from synthetic.observations import Observations
from synthetic.verdict import judge

STEP = Step("open", 0, 2500, 0)


def verdict(error):
    STEP.error = error
    end = judge(error, [STEP], Observations())
    return end.status, end.fault, end.reason


def raised(script):
    """What a line of Python raises."""
    try:
        exec(script, {"json": json})
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


WORDS = [
    "Driver shown is Guest",
    "Connection closed",
    "Page crashed",
    "Target crashed",
    "Target page, context or browser has been closed",
    "net::ERR_INTERNET_DISCONNECTED at https://shop.example/",
    "Unknown engine: petrol",
    "Quantity must be a number",
    "Download is starting",
    "secret 'X' is not among the journey's",
    "while parsing css selector",
]


@pytest.mark.parametrize("words", WORDS)
def test_no_words_of_an_assertion_make_it_the_monitor_s_fault(words):
    assert verdict(AssertionError(words)) == ("failed", "technical", "assert")


@pytest.mark.parametrize("words", WORDS)
def test_no_words_of_a_call_log_make_it_the_monitor_s_fault(words):
    error = Waited(
        f"Locator.click: Timeout 1500ms exceeded.\nCall log:\n  - <button title='{words}'>Buy</button>\n{words}"
    )
    assert verdict(error) == ("failed", "technical", "step.timeout")


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("call", ["Page.evaluate", "Locator.evaluate_all", "Page.wait_for_function"])
def test_no_words_of_a_page_s_own_error_make_it_the_monitor_s_fault(call, words):
    assert verdict(Error(f"{call}: {words}")) == ("failed", "technical", "step.error")
    assert verdict(Error(f"{call}: Error: {words}")) == ("failed", "technical", "step.error")


@pytest.mark.parametrize("words", WORDS)
def test_no_words_of_an_exception_of_the_script_make_it_the_monitor_s_fault(words):
    assert verdict(ValueError(words)) == ("failed", "technical", "step.error")
    assert verdict(RuntimeError(words)) == ("failed", "technical", "step.error")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Error("Page.goto: net::ERR_INTERNET_DISCONNECTED at https://shop.example/"), "net.offline"),
        (Error("Page.goto: Page crashed"), "browser.crash"),
        (Error("Locator.click: Target crashed"), "browser.crash"),
        (Exception("Connection closed while reading from the driver"), "browser.closed"),
        (Error('Locator.click: Unexpected token "]" while parsing css selector "a[]"'), "journey.error"),
        (Error('Locator.click: Unknown engine "petrol" while parsing selector petrol=1'), "journey.error"),
        (NameError("name 'shop' is not defined"), "journey.error"),
        (raised("json.lods('{}')"), "journey.error"),
    ],
)
def test_playwright_s_own_words_at_their_place_and_broken_programs_are_the_monitor_s(error, reason):
    assert verdict(error) == ("error", "monitor", reason)


@pytest.mark.parametrize(
    "script",
    [
        "json.loads('{}').price",
        "json.loads('null').price",
        "json.loads('{}')['price']",
        "json.loads('[]')[0]",
        "json.loads('null')['price']",
        "len(json.loads('7'))",
    ],
)
def test_a_lookup_in_data_says_that_it_may_be_either(script):
    assert verdict(raised(script)) == ("failed", "technical", "journey.or_site")


def test_a_contended_run_does_not_judge_durations_and_says_so():
    slow = Step("open", 0, 100, 0, duration_ms=4000)
    assert judge(None, [slow], Observations()).reason == "slow_step"
    end = judge(None, [slow], Observations(), contended=True)
    assert (end.status, end.message) == ("passed", "durations were not judged: the runner's processors were too busy")
