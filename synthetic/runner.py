"""Runs one journey, with retries in fresh contexts, and says what a visitor would have met."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import msgspec

from collector.events import StepStatus
from synthetic import artefacts as files
from synthetic import processes, secrets
from synthetic.attempt import Attempt, Plan, attempt
from synthetic.browser import NoBrowser, Warm
from synthetic.journey import Definition, Journey, Step
from synthetic.observations import Observations
from synthetic.pressure import Pressure
from synthetic.redaction import redacted
from synthetic.result import Result, StepResult, beacon_of, kinds_met, monitors_own
from synthetic.target import Target
from synthetic.tracing import Tracing
from synthetic.verdict import Outcome

log = logging.getLogger(__name__)

AGAIN_S = 3.0
"""A retry with less time left than this could only fail."""


async def run(
    definition: Definition,
    warm: Warm,
    target: Target,
    clock: Callable[[], float] = time.time,
    *,
    begun: Callable[[Step], None] = lambda step: None,
    env: Mapping[str, str] = os.environ,
    trace: bool = False,
    everything: secrets.Secrets | None = None,
) -> Result:
    """Run `definition`: never raises for what the site or the browser does, and ends within timeout + 10 s.

    `begun` is told of each step. `trace` asks for Playwright's trace of the first attempt too. `everything` hears of each
    secret and one-time code, for the log.
    """
    try:
        known = secrets.read(definition.secrets, Path(target.secrets_dir) if target.secrets_dir else None, env)
    except secrets.NoSecret as error:
        return monitors_own(definition.name, "secret.missing", str(error), target, clock=clock)
    if everything is not None:
        known.join(everything)
    try:
        await warm.ready()
    except NoBrowser as error:
        return monitors_own(definition.name, "browser.launch", str(error), target, clock=clock)
    except TimeoutError:
        return monitors_own(definition.name, "browser.launch", "the browser did not start in time", target, clock=clock)
    return await _run(definition, warm, target, clock, begun, known, trace)


async def _run(
    definition: Definition,
    warm: Warm,
    target: Target,
    clock: Callable[[], float],
    begun: Callable[[Step], None],
    known: secrets.Secrets,
    trace: bool,
) -> Result:
    run_id, session_id = uuid4(), uuid4()
    started_ts, began, cpu_s = int(clock() * 1000), time.monotonic(), _cpu_s()
    pressure, tracing = Pressure(), Tracing(definition, str(run_id), target.location)
    shown = files.Artefacts(path, target.artefacts_url) if (path := target.artefacts_path) else None
    folder = _private_folder() if shown else None
    hook = {
        "traffic_source": "synthetic",
        "run_id": str(run_id),
        "journey": definition.name,
        "app": target.app,
        "env": target.env,
        "release": target.release,
    }
    tried: list[Attempt] = []
    try:
        for number in range(1, definition.retries + 2):
            deadline = began + definition.timeout_ms / 1000
            if tried and deadline - time.monotonic() < AGAIN_S:
                break
            journey = Journey(definition, clock, known, number, target.limits.get(definition.name, {}))
            journey.begun = _both(tracing.begin, begun)
            plan = Plan(
                deadline,
                folder,
                trace=folder is not None and (trace or number > 1),
                har=target.har,
                good_picture=shown is not None and shown.wants_good(definition.name),
            )
            try:
                tried.append(await attempt(journey, warm, target, hook, plan, tracing))
            except (NoBrowser, TimeoutError):
                if tried:
                    break
                raise
            if tried[-1].outcome.status in ("passed", "degraded"):
                break
        end, last = _together([one.outcome for one in tried]), tried[-1]
        result = Result(
            journey=definition.name,
            run_id=run_id,
            session_id=session_id,
            started_ts=started_ts,
            duration_ms=sum(one.duration_ms for one in tried),
            status=end.status,
            fault=end.fault,
            reason=end.reason,
            message=end.message,
            step=end.step,
            evidence=list(end.evidence),
            attempts=len(tried),
            earlier=[
                f"attempt {i}: {one.outcome.status}, {one.outcome.message}" for i, one in enumerate(tried[:-1], 1)
            ],
            steps=[step for one in tried for step in steps_of(one.journey.steps, one.seen)],
            location=target.location,
            browser=warm.version,
            throttle=definition.throttle.name if definition.throttle else "",
            device=definition.device,
            tags=dict(definition.tags),
            contended=pressure.contended(),
            cpu_ms=round((_cpu_s() - cpu_s) * 1000),
            peak_rss_mb=max(one.seen.peak_rss_mb for one in tried),
            trace_id=tracing.trace_id,
            certificate_until=last.seen.certificate_until,
            dropped=sum(one.observer.dropped for one in tried),
        )
        if shown:
            _show(result, tried, shown if folder else None, known)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
    told_ids = {e.event_id for one in tried for beacon in one.observer.beacons for e in beacon.events}
    own = [event for one in tried for event, _ in one.seen.events if event.event_id not in told_ids]
    first = beacon_of(result, own, target, clock)
    told = [msgspec.structs.replace(b, run_id=run_id) for one in tried for b in one.observer.beacons]
    result.beacons = [first, *told]
    tracing.close(result.status, result.fault, result.reason)
    return redacted(result, known)


def _both(first: Callable[[Step], None], second: Callable[[Step], None]) -> Callable[[Step], None]:
    def call(step: Step) -> None:
        first(step)
        second(step)

    return call


def _together(endings: list[Outcome]) -> Outcome:
    """The verdict on all attempts: to pass after the site failed is flaky, after the monitor failed it is to pass."""
    last = endings[-1]
    sites = [one for one in endings[:-1] if one.status == "failed"]
    if last.status in ("passed", "degraded") and sites:
        return sites[-1]._replace(
            status="flaky", message=f"passed at attempt {len(endings)}; before: {sites[-1].message}"
        )
    if last.status == "error" and sites:
        return sites[-1]
    return last


def steps_of(steps: list[Step], seen: Observations) -> list[StepResult]:
    """The steps of an attempt, each with the friction that was met in it."""
    return [
        StepResult(
            name=step.name,
            index=step.index,
            status=_status(step, met),
            duration_ms=step.duration_ms,
            threshold_ms=step.threshold_ms,
            started_ts=step.started_ts,
            attempt=step.attempt,
            parent=step.parent,
            friction=met + (["slow_step"] if step.slow and not step.failed and "slow_step" not in met else []),
        )
        for step in steps
        for met in [kinds_met(seen.events, step.index, step.allow)]
    ]


def _status(step: Step, met: list[str]) -> StepStatus:
    return "failed" if step.failed else "degraded" if met else "slow" if step.slow else "ok"


def _private_folder() -> Path | None:
    try:
        return files.private_folder()
    except OSError as error:
        log.warning("no artefact can be taken: %s", error.strerror)
        return None


def _show(result: Result, tried: list[Attempt], shown: files.Artefacts | None, known: secrets.Secrets) -> None:
    """Publish the artefacts; whatever is in the way of that is said beside the verdict, and never replaces it."""
    why = "there is no folder for temporary files"
    try:
        if shown:
            return _publish(result, tried, shown, known)
    except Exception as error:  # a full or read-only disk, a folder that is gone, a file that is not a zip
        why = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
    log.warning("artefacts of '%s' could not be kept: %s", result.journey, why)
    result.evidence.append(f"no artefacts could be kept: {why}")


def _publish(result: Result, tried: list[Attempt], shown: files.Artefacts, known: secrets.Secrets) -> None:
    folder = shown.of(result.journey, str(result.run_id))
    good = [file for one in tried for file in one.files if file.name == "last-good.jpg"]
    if good and result.status in ("passed", "degraded"):
        files.publish(good, shown.last_good(result.journey).parent, known)
    if others := [file for one in tried for file in one.files if file not in good]:
        session = {value for one in tried for value in one.session}
        names = files.publish(others, folder, known, session)
        result.artefacts = [str((folder / name).relative_to(shown.root)) for name in names]
        result.artefacts_url = shown.link(folder)
    shown.tidy()


def _cpu_s() -> float:
    """Of us and all that we have started."""
    return sum(one.cpu_s for one in processes.tree(os.getpid(), processes.table(os.getpid())))
