"""A plugin for pytest: a test written for pytest-playwright says how it went in a journey's words, and a file of
journeys is a file of tests.

`pytest --snag-results out.ndjson` writes one line for each. Steps work in tests as in journeys: `with step("pay"):` with
Playwright's sync API, `async with` in a coroutine. Where pytest-playwright is not installed, its fixtures `page`,
`context`, `browser`, `base_url` and `browser_context_args` are here, for plain tests and for coroutines.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from collector.times import duration_ms
from synthetic.attempt import BESIDE_AGENT, LAST_WORDS, answer_dialog
from synthetic.browser import Warm, arguments, bundled_path, find
from synthetic.journey import REGISTERED, Definition, Journey, running_as, step
from synthetic.observations import Observations, Observer, agent_script
from synthetic.result import Result, beacon_of
from synthetic.runner import run, steps_of
from synthetic.target import Target
from synthetic.verdict import judge


class JourneyFailed(Exception):
    """A journey that was run as a test did not pass; the message is its verdict."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options."""
    group = parser.getgroup("snagwatch", "synthetic journeys")
    group.addoption("--snag-results", metavar="FILE", help="write how journeys and tests went, one JSON object a line")
    group.addoption("--snag-base-url", metavar="URL", default="", help="the site that page.goto('/') goes to")
    group.addoption("--snag-app", metavar="NAME", default="site", help="the site's name")


def pytest_configure(config: pytest.Config) -> None:
    """Bring the fixtures where pytest-playwright does not."""
    config.stash[_STATE] = state = _State(config)
    config.add_cleanup(state.close)
    if not config.pluginmanager.hasplugin("playwright"):
        config.pluginmanager.register(_Fixtures(), "snagwatch-fixtures")


class _State:
    """What lasts for a session: a loop for coroutines, and a warm browser once somebody asks for one."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._loop: asyncio.AbstractEventLoop | None = None
        self._warm: Warm | None = None
        self.watched: Any = None
        """The context of the test that runs."""
        self.made_here = False
        """Whether that context is one of ours in our loop; a project's own fixtures have a loop of their own."""

    @property
    def target(self) -> Target:
        """The site."""
        with contextlib.suppress(ValueError):  # of pytest-base-url
            base = self.config.getoption("--snag-base-url") or self.config.getoption("base_url")
            return Target(base_url=base or "", app=self.config.getoption("--snag-app"))
        return Target(base_url=self.config.getoption("--snag-base-url"), app=self.config.getoption("--snag-app"))

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Ours alone: a page belongs to the loop that made it."""
        self._loop = self._loop or asyncio.new_event_loop()
        return self._loop

    @property
    def warm(self) -> Warm:
        """A browser for coroutines and journeys."""
        import os

        self._warm = self._warm or Warm(os.environ.get("SNAG_CHROMIUM", ""))
        return self._warm

    def write(self, result: Result) -> None:
        """One line of results."""
        if path := self.config.getoption("--snag-results"):
            with Path(path).open("ab") as file:
                file.write(msgspec.json.encode(result) + b"\n")

    def close(self) -> None:
        """The session is over."""
        if self._loop:
            if self._warm:
                self._loop.run_until_complete(self._warm.close())
            self._loop.close()


_STATE = pytest.StashKey[_State]()


# --- journeys as tests


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: Any) -> Any:
    """A function under @journey is a test, whatever it is called."""
    for definition in REGISTERED.values():
        if definition.script is obj:
            return JourneyItem.from_parent(collector, name=name, definition=definition)
    return None


class JourneyItem(pytest.Item):
    """One journey as a test."""

    def __init__(self, *, definition: Definition, **given: Any) -> None:
        super().__init__(**given)
        self.definition = definition

    def runtest(self) -> None:
        """Fails where the run failed; friction is told beside a test that passes."""
        state = self.config.stash[_STATE]
        done = state.loop.run_until_complete(run(self.definition, state.warm, state.target))
        state.write(done)
        words = f"{done.status}: {done.message}" if done.message else done.status
        self.add_report_section("call", "journey", "\n".join([words, *done.evidence]))
        if done.status in ("failed", "error"):
            raise JourneyFailed(f"{done.fault} {done.reason} in step '{done.step}': {done.message}")

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The verdict alone."""
        if isinstance(excinfo.value, JourneyFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int, str]:
        """Where it was written."""
        return (
            self.path,
            self.definition.script.__code__.co_firstlineno - 1,
            f"journey {self.definition.name}",
        )


# --- tests as journeys


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
    """A browser context that a test gets is watched from its first moment, whoever made it."""
    made = yield
    if fixturedef.argname == "context" and type(made).__module__.startswith("playwright.sync_api"):
        state = request.config.stash[_STATE]
        state.watched = _Watched(made, request.node.name, state.target)
        state.watched.bring_agent(made)
    return made


class _Watched:
    """A test under watch."""

    def __init__(self, context: Any, name: str, target: Target) -> None:
        definition = Definition(
            name=name[:64], script=lambda: None, every_ms=0, timeout_ms=0, slow_ms=duration_ms("2.5s")
        )
        self.context, self.target = context, target
        self.journey, self.seen = Journey(definition), Observations()
        self.observer = Observer(self.journey, self.seen, target.base_url)
        self.run_id, self.started_ts, self.began = uuid4(), int(time.time() * 1000), time.monotonic()
        hook = {"traffic_source": "synthetic", "run_id": str(self.run_id), "journey": name, "app": target.app}
        self.script = agent_script(hook, BESIDE_AGENT)
        self.observer.watch(context)

    def bring_agent(self, context: Any) -> None:
        """With the sync API."""
        self.observer.answer = lambda dialog, accept: dialog.accept() if accept else dialog.dismiss()
        context.expose_binding("__snagSend", self.observer.hear)
        context.add_init_script(self.script)

    async def bring_agent_async(self, context: Any) -> None:
        """With the async API."""
        self.observer.answer = answer_dialog
        await context.expose_binding("__snagSend", self.observer.hear)
        await context.add_init_script(self.script)

    def result(self, error: BaseException | None) -> Result:
        """The verdict on the test."""
        self.observer.settle()
        end = judge(error, self.journey.steps, self.seen)
        done = Result(
            journey=self.journey.definition.name,
            run_id=self.run_id,
            session_id=uuid4(),
            started_ts=self.started_ts,
            duration_ms=round((time.monotonic() - self.began) * 1000),
            status=end.status,
            fault=end.fault,
            reason=end.reason,
            message=end.message,
            step=end.step,
            evidence=list(end.evidence),
            steps=steps_of(self.journey.steps, self.seen),
        )
        told = {e.event_id for beacon in self.observer.beacons for e in beacon.events}
        own = [event for event, _ in self.seen.events if event.event_id not in told]
        done.beacons = [beacon_of(done, own, self.target, time.time), *self.observer.beacons]
        return done


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> Generator[None, Any, Any]:
    """Run a watched test as one step, "test", in which it may open steps of its own."""
    state = pyfuncitem.config.stash[_STATE]
    watched, state.watched = state.watched, None
    if watched is None:
        return (yield)
    watched.began = time.monotonic()
    error: BaseException | None = None
    try:
        with running_as(watched.journey), step("test"):
            return (yield)
    except BaseException as caught:
        error = caught
        raise
    finally:
        watched.observer.over = True
        with contextlib.suppress(Exception):  # the browser may be gone: that is in the verdict
            for page in watched.context.pages:
                asked = page.evaluate(LAST_WORDS)
                if inspect.isawaitable(asked):
                    state.loop.run_until_complete(asyncio.wait_for(asked, 2))
        state.write(watched.result(error))


class _Fixtures:
    """pytest-playwright's fixtures, where it is not installed. A coroutine gets pages of the async API."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> bool | None:
        """A coroutine runs in the loop of its page; whoever else would run it has another."""
        script = inspect.unwrap(pyfuncitem.obj)
        if not pyfuncitem.config.stash[_STATE].made_here or not inspect.iscoroutinefunction(script):
            return None
        names = pyfuncitem._fixtureinfo.argnames
        given = {name: pyfuncitem.funcargs[name] for name in names}
        bound = script.__get__(pyfuncitem.instance) if pyfuncitem.instance is not None else script
        pyfuncitem.config.stash[_STATE].loop.run_until_complete(bound(**given))
        return True

    @pytest.fixture(scope="session")
    def browser_context_args(self) -> dict[str, Any]:
        """Options of every context; a conftest.py may have its own."""
        return {}

    @pytest.fixture(scope="session")
    def base_url(self, request: pytest.FixtureRequest) -> str:
        """The site."""
        return request.config.stash[_STATE].target.base_url

    @pytest.fixture(scope="session")
    def _sync_browser(self) -> Iterator[Any]:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            import os

            found = find(os.environ.get("SNAG_CHROMIUM", ""), bundled_path(playwright))
            browser = playwright.chromium.launch(executable_path=found.path, **arguments())
            yield browser
            browser.close()

    @pytest.fixture
    def browser(self, request: pytest.FixtureRequest) -> Any:
        """A browser for the session."""
        if _is_coroutine(request):
            state = request.config.stash[_STATE]
            return state.loop.run_until_complete(state.warm.browser())
        return request.getfixturevalue("_sync_browser")

    @pytest.fixture
    def context(
        self,
        request: pytest.FixtureRequest,
        browser: Any,
        browser_context_args: dict[str, Any],
        base_url: str,
    ) -> Iterator[Any]:
        """A context for each test."""
        options = ({"base_url": base_url} if base_url else {}) | browser_context_args
        if not _is_coroutine(request):
            made = browser.new_context(**options)
            yield made
            made.close()
            return
        state = request.config.stash[_STATE]
        made = state.loop.run_until_complete(browser.new_context(**options))
        state.watched = _Watched(made, request.node.name, state.target)
        state.loop.run_until_complete(state.watched.bring_agent_async(made))
        state.made_here = True
        yield made
        state.made_here = False
        state.loop.run_until_complete(made.close())

    @pytest.fixture
    def page(self, request: pytest.FixtureRequest, context: Any) -> Any:
        """A page for each test."""
        made = context.new_page()
        return request.config.stash[_STATE].loop.run_until_complete(made) if inspect.isawaitable(made) else made


def _is_coroutine(request: pytest.FixtureRequest) -> bool:
    return inspect.iscoroutinefunction(inspect.unwrap(request.function))
