"""Background jobs of the process that owns the store: each at its interval, one at a time.

A job that fails is counted, logged once per run, and tried again at its next turn; it never stops the collector.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from collector.contacts.annotations import identity
from collector.contacts.deliveries import Received, count_received
from collector.contacts.pulls import PullFailed, pull
from collector.contacts.setup import Helpdesk, helpdesk
from collector.correlate import NotEnoughData
from collector.friction.classify_job import again, refresh
from collector.intake.apps import load_apps
from collector.integrations.prometheus import bare, take
from collector.integrations.prometheus_file import read
from collector.metrics.feedback_loop import check
from collector.metrics.funnel_report import define_journeys
from collector.metrics.score import scoring
from collector.notify.channels import channels
from collector.notify.config import BadNotify
from collector.notify.config import load as load_wanted
from collector.notify.job import Notifier
from collector.server.store_metrics import show
from collector.settings import BadSetting, Settings
from collector.spool.quarantine import QUARANTINE
from collector.store import Annotation, Store, erasure, page_sums
from collector.store.feedback import links
from collector.store.queries import contacts as contact_queries
from collector.store.queries import releases as release_queries
from collector.surges.find import ContactsMissing, NoSite
from collector.surges.history import judge
from collector.telemetry import Counts, Shown

log = logging.getLogger(__name__)

FEEDBACK_DAYS = 7
"""Days after a release that contacts and friction must hold, for a loop to be verified."""

BREAK_OFF_S = 30.0
"""How long a job may take to break off when the collector stops."""

PULLS_S = 30.0
"""How often to check whether a source is due."""


class Job(NamedTuple):
    """Something to do at an interval, with an open store, in a thread."""

    name: str
    every_s: float
    run: Callable[[Store, threading.Event], object]
    """The event is set when the collector stops: a long job then breaks off, to continue at the next start."""


def all_jobs(
    settings: Settings,
    clock: Callable[[], float] = time.time,
    counts: Counts | None = None,
    shown: Shown | None = None,
) -> list[Job]:
    """Return all jobs in the order of one round. `shown` is updated with what the store holds.

    Raises BadSetting: a file cannot be used.
    """
    counts, shown = counts or Counts(), shown or Shown()
    retention = {
        "experience": settings.keep_experience_days,
        "performance": settings.keep_performance_days,
        "contacts": settings.keep_contacts_days,
        "rollups": settings.keep_rollups_days,
    }
    pulls = [Job("pulls", PULLS_S, Pulls(settings, clock, counts, shown).run)] if settings.sources_file else []
    return [
        *pulls,
        Job("releases", 600, lambda store, _: _releases(store, clock)),
        Job("retention", 86_400, lambda store, _: _retention(store, retention)),
        Job("privacy", 60, lambda store, _: _privacy(store, bool(settings.consent_profile))),
        Job("rollups", 60, lambda store, stopping: store.refresh(["5m"], _break_off(stopping))),
        Job("rollups_by_hour", 600, lambda store, stopping: store.refresh(["1h"], _break_off(stopping))),
        Job("causes", 60, lambda store, stopping: _causes(store, settings.journeys_file, stopping)),
        Job("sums", 60, lambda store, stopping: page_sums.refresh(store, _break_off(stopping))),
        Job("funnels", 600, lambda store, stopping: page_sums.refresh_funnels(store, scoring(), _break_off(stopping))),
        Job("feedback", 3600, lambda store, _: _feedback(store, clock)),
        Job("causes_again", 480, lambda store, _: again(store, timedelta(hours=2))),
        Job("causes_of_the_week", 86_400, lambda store, _: again(store, timedelta(days=7))),
        Job("performance", 300, lambda store, _: _performance(store, settings, clock)),
        Job(
            "verdicts",
            settings.judge_every_s,
            lambda store, _: _verdicts(store, settings, clock, counts, shown),
        ),
        *_notifications(settings, clock, shown),
        Job("metrics", 60, lambda store, _: _metrics(store, settings, clock, shown)),
    ]


def _notifications(settings: Settings, clock: Callable[[], float], shown: Shown) -> list[Job]:
    if not settings.notify_file:
        return []
    try:
        wanted = load_wanted(settings.notify_file)
    except BadNotify as error:
        raise BadSetting(str(error)) from None
    notifier = Notifier(channels(wanted), shown, time_zone=settings.time_zone, link=wanted.link)
    return [Job("notifications", 30, lambda store, _: notifier.turn(store, datetime.fromtimestamp(clock(), UTC)))]


async def run_jobs(
    jobs: Sequence[Job], opened: Callable[[], Store], counts: Counts, shown: Shown | None = None
) -> None:
    """Run `jobs` until cancelled; a job that runs then is waited for, since it holds the store open.

    `opened` opens a store for one turn, and may raise: then the job's turn comes again.
    """
    stopping = threading.Event()
    shown = shown or Shown()
    for job in jobs:
        counts.add("snag_store_chore_errors", job.name, 0)
    due = {job.name: 0.0 for job in jobs}
    turn: asyncio.Future[None] | None = None
    try:
        while True:
            for job in jobs:
                if due[job.name] <= time.monotonic():
                    due[job.name] = time.monotonic() + job.every_s
                    turn = asyncio.ensure_future(asyncio.to_thread(_once, job, opened, counts, shown, stopping))
                    await asyncio.shield(turn)
            await asyncio.sleep(max(0.1, min(due.values()) - time.monotonic()))
    finally:
        stopping.set()
        if turn is not None and not turn.done():
            await asyncio.wait([turn], timeout=BREAK_OFF_S)


class Pulls:
    """Polls each source with a [NAME.pull] at the interval it sets."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float],
        counts: Counts | None = None,
        shown: Shown | None = None,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._counts, self._shown = counts or Counts(), shown or Shown()
        self._polled: dict[str, float] = {}
        self._desk: Helpdesk | None = None
        self._due: dict[str, float] = {}

    def run(self, store: Store, stopping: threading.Event) -> None:
        """Poll the sources that are due; one that fails does not hold up the others. Raises the last PullFailed."""
        desk = self._desk = self._desk or helpdesk(self._settings, self._clock)
        desk.people.use(store.suppressed)
        failed: PullFailed | None = None
        for name, source in desk.sources.items():
            if source.table.pull is None:
                continue
            self._show_poll(name, self._polled.get(name, self._clock()), source.table.pull.every_s)
            if self._due.get(name, 0.0) > self._clock() or stopping.is_set():
                continue
            self._due[name] = self._clock() + source.table.pull.every_s
            try:
                quarantine = self._settings.spool_path / QUARANTINE
                found = asyncio.run(
                    pull(
                        source,
                        store,
                        desk.people,
                        quarantine,
                        clock=self._clock,
                        stopping=stopping.is_set,
                        on_received=self._received,
                    )
                )
            except PullFailed as error:
                log.warning("%s", error)
                failed = error
            else:
                self._show_poll(name, self._clock(), source.table.pull.every_s)
                if found.records:
                    log.info("%s: %s records on %s pages", name, found.records, found.pages)
        if failed:
            raise failed

    def _show_poll(self, source: str, at: float, every_s: float) -> None:
        self._polled[source] = at
        self._shown.update("snag_contacts_last_pull_timestamp_seconds", (source,), at)
        self._shown.update("snag_contacts_pull_interval_seconds", (source,), every_s)

    def _received(self, received: Received) -> None:
        count_received(self._counts, received)


def _releases(store: Store, clock: Callable[[], float]) -> None:
    """Record releases at the time when visitors first had them; an automated client that tries a build is not counted."""
    now = datetime.fromtimestamp(clock(), UTC)
    known = {row.annotation_id for row in contact_queries.annotation_ids(store, kind="release")}
    found = release_queries.first_seen(store, start=now - timedelta(days=2), back=now - timedelta(days=14), views=10)
    new = [
        Annotation(
            key,
            int(now.timestamp() * 1000) * 1024,
            first.replace(tzinfo=UTC),
            None,
            "release",
            app,
            release,
            source="release",
        )
        for app, release, first in found
        if (key := identity("release", app, release)) not in known
    ]
    store.add_annotations(new)
    for release in new:
        log.info(
            "%s: release %s was first seen at %s UTC", release.app, release.title, f"{release.start_ts:%Y-%m-%d %H:%M}"
        )


class _Stopped(Exception):
    """The collector stops."""


def _once(job: Job, opened: Callable[[], Store], counts: Counts, shown: Shown, stopping: threading.Event) -> None:
    began = time.perf_counter()
    try:
        store = opened()
        try:
            job.run(store, stopping)
        finally:
            store.close()
        shown.update("snag_store_chore_last_success_timestamp_seconds", (job.name,), time.time())
    except _Stopped:
        log.info("Job %s: stopped, continues at the next start", job.name)
    except Exception as error:  # the store may be away, and the next turn comes
        counts.add("snag_store_chore_errors", job.name)
        log.warning("Job %s: %s", job.name, str(error).splitlines()[0] if str(error) else type(error).__name__)
    counts.observe("snag_store_chore_duration_seconds", time.perf_counter() - began)


def _retention(store: Store, days: dict[str, int]) -> None:
    for table in store.keep(days):
        log.info("Retention of %s was changed to the setting", table)


def _privacy(store: Store, links_nobody: bool) -> None:
    if removed := erasure.sweep(store.client, store.cluster):
        log.info("Removed %s rows of people on the suppression list", removed)
    if links_nobody and (changed := erasure.unlink(store.client, store.cluster)):
        log.info("Unlinked %s contacts and answers from their visits, as the consent profile requires", changed)


def _break_off(stopping: threading.Event) -> Callable[[int, int], None]:
    """Return what a long job calls after each part: it raises _Stopped once the collector stops."""

    def check_stop(done: int, of: int) -> None:
        if stopping.is_set() and done < of:
            raise _Stopped

    return check_stop


def _feedback(store: Store, clock: Callable[[], float]) -> None:
    """Check whether fixed problems are verified by now, for those who only read the pages."""
    now = datetime.fromtimestamp(clock(), UTC)
    for app in store.apps():
        for link in links(store, app):
            if link.state == "fixed" and check(store, link, now, FEEDBACK_DAYS).link.state == "verified":
                log.info("%s: the loop of %s is verified", app, link.contact_reason)


def _causes(store: Store, journeys_file: str, stopping: threading.Event) -> None:
    if journeys_file:
        define_journeys(store, journeys_file)
    refresh(store, _break_off(stopping))


def _metrics(store: Store, settings: Settings, clock: Callable[[], float], shown: Shown) -> None:
    show(
        store, shown, datetime.fromtimestamp(clock(), UTC), load_apps(settings.apps_file).registered, settings.time_zone
    )


def _verdicts(store: Store, settings: Settings, clock: Callable[[], float], counts: Counts, shown: Shown) -> None:
    now = datetime.fromtimestamp(clock(), UTC)
    judged = 0
    for app in [settings.app] if settings.app else store.apps():
        began = time.perf_counter()
        try:
            changes = judge(store, app=app, now=now, time_zone=settings.time_zone)
        except (NoSite, ContactsMissing, NotEnoughData) as error:
            log.info("%s cannot be judged: %s", app, error)
            continue
        finally:
            counts.observe("snag_correlation_run_duration_seconds", time.perf_counter() - began)
        judged += 1
        for change in changes:
            surge = change.surge
            log.info(
                "%s: a surge of contacts is %s: %s UTC, about %.0f more than usual, verdict %s",
                app,
                change.kind,
                f"{datetime.fromtimestamp(surge.start, UTC):%Y-%m-%d %H:%M}",
                surge.extra,
                surge.verdict,
            )
    if judged:
        shown.show("snag_correlation_last_success_timestamp_seconds", {(): clock()})


def _performance(store: Store, settings: Settings, clock: Callable[[], float]) -> None:
    if not settings.performance_file:
        return
    now = datetime.fromtimestamp(clock(), UTC)
    wanted = read(Path(settings.performance_file))
    for one, samples in asyncio.run(take(wanted, now - timedelta(minutes=30), now)):
        store.add_performance(one.app, one.name, bare(one.prometheus), samples)
