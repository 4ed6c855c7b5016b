"""Runs one journey in a fresh context, with our own agent along, and says what a visitor would have met."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import msgspec

from collector import __version__
from collector.events import (
    AnyEvent,
    Beacon,
    Friction,
    JourneyRun,
    JourneyStep,
    StepStatus,
    UnexpectedDialog,
    UnexpectedPopup,
    kind_of,
)
from synthetic.journey import Definition, Journey, Step, perform
from synthetic.verdict import Ending, ending

log = logging.getLogger(__name__)

CLOSE_S = 5.0
"""How long closing may take before the context is given up."""

ACTION_MS = 10_000
"""How long one action of a visitor may wait; Playwright's own 30 s would outlast most visitors."""

_decoder = msgspec.json.Decoder(Beacon)


@dataclass(slots=True, kw_only=True)
class Target:
    """What the journeys are run against, and from where."""

    base_url: str
    app: str
    env: str = ""
    release: str = ""
    location: str = ""
    browser_version: str = ""


@dataclass(slots=True, kw_only=True)
class Run:
    """A run that has ended: its verdict, its steps, and everything as events."""

    definition: Definition
    run_id: UUID
    ending: Ending
    steps: list[Step]
    duration_ms: int
    beacons: list[Beacon] = field(default_factory=list)
    """What is to be posted, the run and its steps first."""

    @property
    def friction(self) -> list[str]:
        """Kinds of friction that were met, in order."""
        return [
            kind_of(event)
            for beacon in self.beacons
            for event in beacon.events
            if isinstance(event, Friction)
        ]


@dataclass(slots=True)
class _Seen:
    """What happened beside the script."""

    bodies: list[str] = field(default_factory=list)
    events: list[AnyEvent] = field(default_factory=list)
    document_status: int = 0


async def run(
    definition: Definition, browser: Any, target: Target, clock: Callable[[], float] = time.time
) -> Run:
    """Run `definition` once in a fresh context of `browser`. Never raises for what the site or the browser does."""
    run_id, session_id = uuid4(), uuid4()
    journey = Journey(definition, clock)
    seen = _Seen()
    started_ts, began = int(clock() * 1000), time.monotonic()
    error: BaseException | None = None
    context = None
    try:
        context = await browser.new_context(base_url=target.base_url)
        context.set_default_timeout(ACTION_MS)
        await _bring_agent(context, seen, run_id, definition.name, target)
        page = await context.new_page()
        _listen(page, seen, journey, clock)
        async with asyncio.timeout(definition.timeout_ms / 1000):
            await perform(journey, page)
        duration_ms = round((time.monotonic() - began) * 1000)
        await _last_words(page)
    except Exception as caught:
        error, duration_ms = caught, round((time.monotonic() - began) * 1000)
        if context and browser.is_connected():
            await _last_words_of(context)
    lost = not browser.is_connected()
    if context and not lost:
        await _close(context)
    agents = [beacon for body in seen.bodies if (beacon := _agents(body, definition.name, journey.steps))]
    met = [kind_of(event) for beacon in agents for event in beacon.events if isinstance(event, Friction)]
    met += [kind_of(event) for event in seen.events]
    end = ending(
        error, journey.steps, friction=_degrading(met), document_status=seen.document_status, browser_lost=lost
    )  # fmt: skip
    events: list[AnyEvent] = [
        JourneyRun(
            event_id=uuid4(), client_ts=started_ts, journey=definition.name, run_status=end.status, fault=end.fault,
            reason=end.reason, message=end.message[:500], failed_step=end.step[:64], location=target.location,
            browser=target.browser_version, duration_ms=duration_ms,
        ),
        *(_step_event(step, definition.name) for step in journey.steps),
        *seen.events,
    ]  # fmt: skip
    first = Beacon(
        beacon_id=uuid4(), app=target.app, env=target.env, release=target.release, session_id=session_id, run_id=run_id,
        traffic_source="synthetic", sent_ts=int(clock() * 1000), agent=f"runner {__version__}", events=events[:200],
    )  # fmt: skip
    return Run(
        definition=definition, run_id=run_id, ending=end, steps=journey.steps, duration_ms=duration_ms,
        beacons=[first, *agents],
    )  # fmt: skip


async def _bring_agent(context: Any, seen: _Seen, run_id: UUID, name: str, target: Target) -> None:
    """The site's own copy of the agent, if it has one, then finds ours in place and stays still."""
    await context.expose_binding("__snagSend", lambda source, body: seen.bodies.append(body))
    hook = {"traffic_source": "synthetic", "run_id": str(run_id), "journey": name, "app": target.app,
            "env": target.env, "release": target.release}  # fmt: skip
    agent = files("collector").joinpath("static", "agent.js").read_text(encoding="utf-8")
    await context.add_init_script(
        f"window.__snag = Object.assign({{send: (body) => window.__snagSend(body)}}, {json.dumps(hook)});\n{agent}"
    )


def _listen(page: Any, seen: _Seen, journey: Journey, clock: Callable[[], float]) -> None:
    def event(cls: type[UnexpectedDialog] | type[UnexpectedPopup], message: str) -> None:
        at = journey.current.name if journey.current else ""
        seen.events.append(
            cls(
                event_id=uuid4(),
                client_ts=int(clock() * 1000),
                journey=journey.definition.name,
                step=at,
                error_message=message[:200],
            )
        )

    async def dialog(found: Any) -> None:
        event(UnexpectedDialog, found.type)
        await found.dismiss()

    def response(answer: Any) -> None:
        if answer.request.is_navigation_request() and answer.frame == page.main_frame:
            seen.document_status = answer.status

    page.on("dialog", dialog)
    page.on("popup", lambda popup: event(UnexpectedPopup, ""))
    page.on("response", response)


async def _last_words(page: Any) -> None:
    """Let the agent judge what is open and hand over what it has."""
    try:
        async with asyncio.timeout(CLOSE_S):
            await page.evaluate("() => window.snag && window.snag.flush && window.snag.flush()")
    except Exception as error:  # the page may be gone; what was sent before is kept
        log.debug("the agent could not be asked for its last beacon: %s", error)


async def _last_words_of(context: Any) -> None:
    for page in context.pages:
        await _last_words(page)


async def _close(context: Any) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await context.close()
    except Exception as error:
        log.warning("a browser context did not close within %.0f s: %s", CLOSE_S, error)


def _agents(body: str, name: str, steps: list[Step]) -> Beacon | None:
    """A beacon of the agent, each event put into the step during which it happened."""
    try:
        beacon = _decoder.decode(body)
    except msgspec.DecodeError as error:
        log.warning("a beacon of the agent is not one: %s", error)
        return None
    events = [
        msgspec.structs.replace(event, journey=name, step=_during(event.client_ts, steps))
        for event in beacon.events
    ]
    return msgspec.structs.replace(beacon, events=events)


def _during(ts: int, steps: list[Step]) -> str:
    begun = [step for step in steps if step.started_ts <= ts]
    return begun[-1].name[:64] if begun else ""


def _step_event(step: Step, name: str) -> JourneyStep:
    status: StepStatus = "failed" if step.failed else "slow" if step.slow else "ok"
    return JourneyStep(
        event_id=uuid4(), client_ts=step.started_ts, journey=name, step=step.name[:64], step_status=status,
        step_index=step.index, duration_ms=step.duration_ms, threshold_ms=step.threshold_ms,
    )  # fmt: skip


def _degrading(kinds: list[str]) -> list[str]:
    """What degrades a run: friction that a visitor would feel, each kind once."""
    return list(dict.fromkeys(kind for kind in kinds if kind != "input_refused"))
