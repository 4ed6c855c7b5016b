"""One attempt of a journey in a fresh context: the script is run, watched, and ended when it cannot go on."""

from __future__ import annotations

import asyncio
import contextlib
import linecache
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from collector.events import ErrorPage
from synthetic import artefacts, navigation, tls
from synthetic.browser import Warm
from synthetic.contexts import each_prepared
from synthetic.failures import BrokenJourney
from synthetic.journey import Journey, Step, perform
from synthetic.observations import Observations, Observer, agent_script
from synthetic.pressure import Pressure
from synthetic.target import Target
from synthetic.throttling import slow_down
from synthetic.tracing import Tracing
from synthetic.unawaited import noticed
from synthetic.verdict import DocumentFailed, Outcome, judge

log = logging.getLogger(__name__)

ACTION_MS = 10_000
"""How long one action of a visitor may wait; Playwright's own 30 s would outlast most visitors."""

WORDS_S = 2.0
CLOSE_S = 2.0
CANCEL_S = 1.0
"""What may follow the deadline of a run, all in all below 10 s: a script that is called off, the agent's last words, a
screenshot, closing. A browser that does not close in time is killed."""

AGAIN_S = 5.0
"""How long a page that did not answer at the end of a good run may still take."""

MEMORY_S = 0.5
"""How often the memory of the pages is looked at."""

BESIDE_AGENT = """(() => {
  if (window !== top) return;
  let at = 0, watching;
  const answered = () => { at = 0; watching?.disconnect(); };
  addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    at = performance.now();
    watching?.disconnect();
    watching = new MutationObserver(answered);
    watching.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  }, true);
  for (const type of ["input", "scroll", "focusin", "pagehide"]) addEventListener(type, () => at && answered(), true);
  Object.defineProperty(window, "__snagUnanswered", { value: () => at && Math.max(0, 2200 - (performance.now() - at)) });
})();"""
"""Tells how long the agent still needs to judge the last click, ms; 0 when it was answered."""

LAST_WORDS = "() => window.snag && window.snag.flush && window.snag.flush()"
SPINNER = """() => !!document.querySelector(
  "[aria-busy=true],[role=progressbar],progress:not([value]),[class*=spinner i],[class*=loading i]")"""


@dataclass(slots=True)
class Attempt:
    """How one attempt went."""

    outcome: Outcome
    journey: Journey
    seen: Observations
    observer: Observer
    duration_ms: int
    files: list[Path] = field(default_factory=list)
    """Artefacts, not yet cleaned."""
    session: set[str] = field(default_factory=set)
    """Values of the cookies at the end, where there are artefacts to be cleaned of them."""


@dataclass(slots=True)
class Plan:
    """What an attempt is to do beside running the script."""

    deadline: float
    """By time.monotonic."""
    folder: Path | None = None
    """Where artefacts go first; None: none are taken."""
    trace: bool = False
    har: bool = False
    good_picture: bool = False
    pressure: Pressure = field(default_factory=Pressure)


async def attempt(
    journey: Journey, warm: Warm, target: Target, hook: dict[str, str], plan: Plan, tracing: Tracing
) -> Attempt:
    """Run the script once. Never raises for what the site or the browser does; raises NoBrowser."""
    definition = journey.definition
    base_url = definition.base_url or target.base_url
    seen = Observations(memory_limit_mb=target.memory_mb)
    observer = Observer(journey, seen, base_url)
    journey.ended = _step_end(seen, tracing)
    browser = await warm.browser()
    began, error, page = time.monotonic(), None, None
    files: list[Path] = []
    session: set[str] = set()
    contexts: list[Any] = []

    async def prepare(context: Any) -> None:
        contexts.append(context)
        context.set_default_timeout(ACTION_MS)
        await context.expose_binding("__snagSend", observer.hear)
        await context.add_init_script(agent_script(hook, BESIDE_AGENT))
        observer.watch(context)
        observer.listen(context, "page", lambda page: navigation.patient(page, observer))
        if len(contexts) > 1:
            tracing.follow(context, observer)

    observer.answer = answer_dialog
    try:
        async with each_prepared(browser, prepare):
            async with asyncio.timeout_at(_loop_time(plan.deadline)) as bootstrap:
                context = await browser.new_context(**_context_options(journey, warm, target, base_url, plan))
                if plan.trace:
                    await context.tracing.start(screenshots=False, snapshots=True)
                page = await context.new_page()
                navigation.patient(page, observer)
                if definition.throttle:
                    await slow_down(context, page, definition.throttle)
                await tracing.ride_along(context, page, observer)
            began = time.monotonic()
            with noticed() as unawaited:
                error = await _script(journey, page, observer, warm, plan.deadline)
            if error is None and unawaited:
                error = BrokenJourney(f"an await is missing: {unawaited[0]}")
        duration_ms = round((time.monotonic() - began) * 1000)
        observer.over = True
        await _afterwards(contexts, page, error, observer, warm, plan)
        if plan.folder:
            session = {cookie["value"] for one in contexts for cookie in await one.cookies()}
        files = await _artefacts(context, page, error, journey, plan)
    except Exception as caught:
        error = error or caught
        duration_ms = round((time.monotonic() - began) * 1000)
        seen.hung = seen.hung or ("browser" if isinstance(caught, TimeoutError) and bootstrap.expired() else "")
    observer.settle()
    _error_pages(observer)
    seen.lost = not browser.is_connected()
    if seen.crash and (told := [how for how in warm.crashes.values() if how != "killed"]):
        seen.crash = told[-1]
    await _close(contexts, warm, seen, plan, files)
    now, certificate = datetime.now(UTC), None
    last = seen.documents[-1] if seen.documents else None
    if last and tls.is_tls(last.error) and last.url.startswith("https:"):
        certificate = await tls.look(last.url)
    end = judge(error, journey.steps, seen, now=now, certificate=certificate, contended=plan.pressure.contended())
    return Attempt(end, journey, seen, observer, duration_ms, files, session)


def _context_options(journey: Journey, warm: Warm, target: Target, base_url: str, plan: Plan) -> dict[str, Any]:
    device = journey.definition.device
    options: dict[str, Any] = {}
    if device:
        if device not in warm.driver.devices:
            raise BrokenJourney(f"device '{device}' is not one of Playwright's, such as 'Pixel 7'")
        options |= {k: v for k, v in warm.driver.devices[device].items() if k != "default_browser_type"}
    options |= journey.definition.context
    if base_url:
        options["base_url"] = base_url
    if target.client_certificates:
        options["client_certificates"] = target.client_certificates
    if plan.har and plan.folder:
        options |= {"record_har_path": plan.folder / "requests.har", "record_har_content": "omit"}
    return options


def _step_end(seen: Observations, tracing: Tracing) -> Callable[[Step], None]:
    """A page that was answered 5xx is a failed step, also where the script does not look."""

    def end(step: Step) -> None:
        last = seen.documents[-1] if seen.documents else None
        tracing.end(step)
        if last and last.status >= 500 and not step.allow & {"http_error", "error_page"}:
            raise DocumentFailed(last)

    return end


def _error_pages(observer: Observer) -> None:
    """The agent tells of them too, if the page stays long enough."""
    seen, journey = observer.seen, observer.journey
    told = {index for event, index in seen.events if isinstance(event, ErrorPage)}
    for document in seen.documents:
        if document.status >= 400 and document.step not in told:
            told.add(document.step)
            step = journey.steps[document.step] if document.step >= 0 else None
            event = ErrorPage(
                event_id=uuid4(),
                client_ts=step.started_ts if step else int(journey.clock() * 1000),
                journey=journey.definition.name,
                step=step.name[:64] if step else "",
                status=document.status,
            )
            observer.note(event, step)


def answer_dialog(dialog: Any, accept: bool) -> None:
    """With the async API."""

    async def answer() -> None:
        with contextlib.suppress(Exception):  # the page may be gone with its dialog
            await (dialog.accept() if accept else dialog.dismiss())

    _kept.add(task := asyncio.ensure_future(answer()))
    task.add_done_callback(_kept.discard)


_kept: set[Any] = set()
"""A task that nobody holds may be collected before it is done."""


async def _script(journey: Journey, page: Any, observer: Observer, warm: Warm, deadline: float) -> BaseException | None:
    """Run the script until it ends, its time is over, or the page cannot go on. Returns what ended it."""
    lost = asyncio.Event()
    observer.lost = lost.set
    page.context.browser.on("disconnected", lambda _: lost.set())
    script = asyncio.ensure_future(perform(journey, page))
    loss = asyncio.ensure_future(lost.wait())
    memory = asyncio.ensure_future(_watch_memory(observer.seen, warm))
    try:
        left_s = max(0.0, deadline - time.monotonic())
        await asyncio.wait({script, loss, memory}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        if not script.done():
            observer.seen.deadline = not loss.done() and not memory.done()
            observer.seen.waiting_at = _line_of(script, journey)
            # Playwright tells the script of a lost page too: its own words are better than ours.
            await asyncio.wait({script}, timeout=0.2 if loss.done() else 0)
            script.cancel()
            await asyncio.wait({script}, timeout=CANCEL_S)
    finally:
        for task in (loss, memory):
            task.cancel()
    if not script.done():
        return TimeoutError("the script does not let itself be called off")
    if script.cancelled():
        return TimeoutError("the journey did not end within its timeout")
    error = script.exception()
    if observer.seen.deadline and error is None:
        observer.seen.deadline = False  # it ended just in time
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return BrokenJourney(f"the journey's script ended the program: {error!r}")
    return error


def _line_of(script: asyncio.Future[Any], journey: Journey) -> str:
    """The innermost line of the script's own file that is under way, as `shop.py:12: await page.click("#pay")`."""
    waiter: Any = script.get_coro() if isinstance(script, asyncio.Task) else None
    file, found = journey.definition.script.__code__.co_filename, ""
    while waiter is not None:
        if (frame := getattr(waiter, "cr_frame", None)) and frame.f_code.co_filename == file:
            code = linecache.getline(file, frame.f_lineno).strip()
            found = f"{Path(file).name}:{frame.f_lineno}: {code}"[:200]
        waiter = getattr(waiter, "cr_await", None)
    return found


async def _watch_memory(seen: Observations, warm: Warm) -> None:
    """Returns when a page has taken more than it may."""
    while True:
        await asyncio.sleep(MEMORY_S)
        biggest = max((one.rss_mb for one in warm.family()), default=0.0)
        seen.peak_rss_mb = max(seen.peak_rss_mb, round(biggest))
        if biggest > seen.memory_limit_mb > 0 and (pages := warm.pages()):
            biggest = max(one.rss_mb for one in pages)
            seen.peak_rss_mb = round(biggest)
            if biggest > seen.memory_limit_mb:
                seen.over_memory = True
                return


async def _afterwards(
    contexts: list[Any], page: Any, error: BaseException | None, observer: Observer, warm: Warm, plan: Plan
) -> None:
    """Let the agent judge what is open and hand over what it has; see what does not answer any more."""
    seen = observer.seen
    if seen.crash or not contexts[0].browser.is_connected():
        return
    try:
        async with asyncio.timeout(WORDS_S + 2.5):
            if error is None and not page.is_closed():
                wait_ms = await _asked(page, "() => window.__snagUnanswered ? window.__snagUnanswered() : 0")
                await asyncio.sleep(min(wait_ms or 0, 2200, max(0.0, plan.deadline - time.monotonic()) * 1000) / 1000)
            for one in [page for context in contexts for page in context.pages]:
                await _asked(one, LAST_WORDS)
            if observer.secure and (shown := await observer.secure.security_details()):
                seen.certificate_until = shown.get("validTo", 0)
            seen.spinner = error is not None and bool(await _asked(page, SPINNER))
    except TimeoutError:
        who = await _who_hangs(contexts[0], warm)
        # A page that is being replaced answers nothing either: that is its successor's doing.
        seen.hung = "" if who == "page" and seen.waiting_for else who
        if seen.hung == "page" and error is None and await _answers_after_all(page, plan):
            seen.hung = ""  # a busy machine, not a busy page


async def _answers_after_all(page: Any, plan: Plan) -> bool:
    """A second chance for a run that went well, within its own time."""
    try:
        async with asyncio.timeout(min(AGAIN_S, plan.deadline - time.monotonic())):
            await page.evaluate("() => 1")
    except Exception:
        return False
    return True


async def _asked(page: Any, expression: str) -> Any:
    """The page's answer; None if it went away meanwhile. Raises TimeoutError if it does not answer."""
    for again in (True, False):
        try:
            async with asyncio.timeout(WORDS_S):
                return await page.evaluate(expression)
        except TimeoutError:
            raise
        except Exception as error:
            if again and "navigat" in str(error):
                continue
            log.debug("the page could not be asked: %s", error)
    return None


async def _who_hangs(context: Any, warm: Warm) -> str:
    """Whose silence it is: the browser's, a stopped process's, or the page's own script."""
    try:
        async with asyncio.timeout(1):
            session = await context.browser.new_browser_cdp_session()
            await session.detach()
    except Exception:
        return "browser"
    return "frozen" if any(one.state == "T" for one in warm.pages()) else "page"


async def _artefacts(context: Any, page: Any, error: BaseException | None, journey: Journey, plan: Plan) -> list[Path]:
    files = []
    if plan.folder and plan.trace:
        trace = plan.folder / f"trace-{journey.attempt}.zip"
        with contextlib.suppress(Exception):
            async with asyncio.timeout(artefacts.TRACE_S):
                await context.tracing.stop(path=trace)
                files.append(trace)
        if not files and journey.secrets:
            return []  # it may still be recording, and would record what is looked for in the picture
    if plan.folder and (error is not None or plan.good_picture):
        shot = plan.folder / ("last-good.jpg" if error is None else f"failed-{journey.attempt}.jpg")
        if await artefacts.screenshot(page, shot, journey.secrets):
            files.append(shot)
    return files


async def _close(contexts: list[Any], warm: Warm, seen: Observations, plan: Plan, files: list[Path]) -> None:
    """Close the context; a browser that cannot do that any more, or has lost a page, goes with it."""
    slow_to_close = False  # the run itself is over: this says nothing of it
    if contexts and not seen.lost and seen.hung != "browser" and not seen.over_memory:
        try:
            async with asyncio.timeout(CLOSE_S):
                await asyncio.gather(*(context.close() for context in contexts))
            if plan.har and plan.folder:
                files.append(plan.folder / "requests.har")
        except Exception as error:
            log.warning("a context did not close within %.0f s: %s", CLOSE_S, type(error).__name__)
            slow_to_close = True
    if seen.lost or seen.crash or seen.over_memory:
        await warm.retire("lost" if seen.lost else "crash")
    elif seen.hung or slow_to_close:
        await warm.retire("hung")


def _loop_time(monotonic: float) -> float:
    return asyncio.get_running_loop().time() + monotonic - time.monotonic()
