"""How a journey goes to a page: it waits as long as a visitor would, and a page that never stops loading is not an outage.

Playwright waits for the `load` event, 30 s long: one tracker's picture that never comes is then an outage, and a slow
picture at the foot of the page makes a slow step. Here `goto` returns when the page is loaded or 10 s have passed, and
a step's time ends when its visitor had the page: parsed, and something to see.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from collector.events import LoadNeverFired
from synthetic.journey import Journey
from synthetic.observations import Observer

LOAD_MS = 10_000
"""Ten seconds keep a visitor's attention (Nielsen 1993); what loads longer has not loaded for them."""

WORTH_ASKING_S = 0.3
"""A page that was loaded so soon need not be asked when its visitor had it."""

HAD_IT = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const parsed = performance.getEntriesByType("navigation")[0]?.domContentLoadedEventEnd || 0;
  return parsed ? performance.now() - Math.max(parsed, paint ? paint.startTime : 0) : 0;
}"""
"""Since when the visitor has had the page, ms; 0: not yet."""

BY_ITSELF = ("goto", "reload", "go_back", "go_forward", "wait_for_url")


def patient(page: Any, observer: Observer) -> None:
    """Let `page`'s navigations wait like that, unless the script says itself what to wait for."""
    if BY_ITSELF[0] in vars(page):
        return  # it is so already
    for name in BY_ITSELF:
        setattr(page, name, _patient(getattr(page, name), page, observer))


def _patient(navigate: Callable[..., Any], page: Any, observer: Observer) -> Callable[..., Any]:
    async def patiently(*args: Any, **options: Any) -> Any:
        if "wait_until" in options:
            return await navigate(*args, **options)
        here = observer.journey.current
        try:
            answer = await navigate(*args, wait_until="commit", **options)
        except Exception as error:
            if here and "download" in here.allow and "Download is starting" in str(error):
                return None
            raise
        await loaded(page, observer)
        return answer

    return patiently


async def loaded(page: Any, observer: Observer) -> None:
    """Wait until `page` is loaded, 10 s at most; to have waited in vain is friction and no error."""
    journey, began = observer.journey, time.monotonic()
    left_ms = LOAD_MS
    timed_out = False
    for state in ("domcontentloaded", "load"):
        try:
            await page.wait_for_load_state(state, timeout=max(1, left_ms))
        except Exception as error:
            if type(error).__name__ != "TimeoutError":
                raise
            timed_out = True
            break
        left_ms = LOAD_MS - round((time.monotonic() - began) * 1000)
    took_s = time.monotonic() - began
    if timed_out:
        _never(journey, observer, round(took_s * 1000))
    if took_s > WORTH_ASKING_S:
        journey.set_aside(min(took_s, await _had_it_ms(page) / 1000))


def _never(journey: Journey, observer: Observer, waited_ms: int) -> None:
    here = journey.current
    observer.note(
        LoadNeverFired(
            event_id=uuid4(),
            client_ts=int(journey.clock() * 1000),
            journey=journey.definition.name,
            step=here.name[:64] if here else "",
            duration_ms=waited_ms,
            threshold_ms=LOAD_MS,
        ),
        here,
    )


async def _had_it_ms(page: Any) -> float:
    import asyncio

    try:
        async with asyncio.timeout(1):
            return float(await page.evaluate(HAD_IT))
    except Exception:  # a page that is gone or blocked: its visitor did not have it
        return 0.0
