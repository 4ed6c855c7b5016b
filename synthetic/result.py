"""What is known of one run when it is over: for people, for machines, and as the beacons that are posted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec

from collector import __version__
from collector.events import AnyEvent, Beacon, Fault, JourneyRun, JourneyStep, RunStatus, StepStatus
from synthetic.observations import is_degrading
from synthetic.target import Target
from synthetic.verdict import Outcome

SCHEMA = "snag.synthetic/1"
MOST_EVENTS = 200
"""A beacon takes no more; what is left out is counted in `dropped`."""


class StepResult(msgspec.Struct, kw_only=True, frozen=True):
    """One step as it went. Durations in ms, times ms since 1970."""

    name: str
    index: int
    status: StepStatus
    duration_ms: int
    threshold_ms: int
    started_ts: int
    attempt: int = 1
    parent: str = ""
    friction: list[str] = msgspec.field(default_factory=list)
    """Kinds of friction that were met in it."""


class Result(msgspec.Struct, kw_only=True):
    """One run. Durations in ms, times ms since 1970."""

    schema: str = SCHEMA
    journey: str
    run_id: UUID
    session_id: UUID
    started_ts: int
    duration_ms: int
    status: RunStatus
    fault: Fault
    reason: str = ""
    message: str = ""
    step: str = ""
    evidence: list[str] = msgspec.field(default_factory=list)
    attempts: int = 1
    earlier: list[str] = msgspec.field(default_factory=list)
    """How the attempts before the last one ended, in words."""
    steps: list[StepResult] = msgspec.field(default_factory=list)
    location: str = ""
    browser: str = ""
    throttle: str = ""
    device: str = ""
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    contended: bool = False
    cpu_ms: int = 0
    peak_rss_mb: int = 0
    """Of the biggest process of a page."""
    trace_id: str = ""
    artefacts: list[str] = msgspec.field(default_factory=list)
    """Files, below the folder of artefacts."""
    artefacts_url: str = ""
    certificate_until: float = 0
    """When the site's certificate expires, s since 1970; 0: not known."""
    dropped: int = 0
    """Events that one run may not send."""
    beacons: list[Beacon] = msgspec.field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """The verdict alone."""
        return Outcome(self.status, self.fault, self.reason, self.message, self.step, tuple(self.evidence))

    @property
    def friction(self) -> list[str]:
        """Kinds of friction that were met, in order."""
        return [kind for step in self.steps for kind in step.friction]

    def as_json(self) -> dict[str, Any]:
        """One run for machines: everything but the beacons."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        del plain["beacons"]
        return {**plain, "friction": self.friction}


def beacon_of(result: Result, events: Sequence[AnyEvent], target: Target, clock: Callable[[], float]) -> Beacon:
    """The run, its steps and what the runner itself saw, as one beacon."""
    run = JourneyRun(
        event_id=uuid4(),
        client_ts=result.started_ts,
        journey=result.journey,
        run_status=result.status,
        fault=result.fault,
        reason=result.reason[:64],
        message=result.message[:500],
        failed_step=result.step[:64],
        location=result.location[:64],
        browser=result.browser[:80],
        duration_ms=result.duration_ms,
        attempts=result.attempts,
        contended=result.contended,
        artefacts=result.artefacts_url[:300],
        trace_id=result.trace_id,
    )
    steps = [
        JourneyStep(
            event_id=uuid4(),
            client_ts=step.started_ts,
            journey=result.journey,
            step=step.name[:64],
            step_status=step.status,
            step_index=step.index,
            attempt=step.attempt,
            duration_ms=step.duration_ms,
            threshold_ms=step.threshold_ms,
        )
        for step in result.steps
    ]
    everything: list[AnyEvent] = [run, *steps, *events]
    result.dropped += max(0, len(everything) - MOST_EVENTS)
    return Beacon(
        beacon_id=uuid4(),
        app=target.app,
        env=target.env,
        release=target.release,
        session_id=result.session_id,
        run_id=result.run_id,
        traffic_source="synthetic",
        sent_ts=int(clock() * 1000),
        agent=f"runner {__version__}",
        events=everything[:MOST_EVENTS],
    )


def monitors_own(
    journey: str,
    reason: str,
    message: str,
    target: Target,
    *,
    step: str = "",
    duration_ms: int = 0,
    clock: Callable[[], float] = time.time,
) -> Result:
    """A run that came to nothing through no fault of the site."""
    result = Result(
        journey=journey,
        run_id=uuid4(),
        session_id=uuid4(),
        started_ts=int(clock() * 1000) - duration_ms,
        duration_ms=duration_ms,
        status="error",
        fault="monitor",
        reason=reason,
        message=message,
        step=step,
        location=target.location,
    )
    result.beacons = [beacon_of(result, [], target, clock)]
    return result


def kinds_met(events: Sequence[tuple[AnyEvent, int]], index: int, allow: frozenset[str]) -> list[str]:
    """Friction of one step that a visitor would have felt, each kind once."""
    met = (str(e.__struct_config__.tag) for e, i in events if i == index and is_degrading(e, allow))
    return list(dict.fromkeys(met))
