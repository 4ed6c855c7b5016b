"""`snag jobs`: the background jobs of `snag serve` in a process of their own, for collectors that share one server.

Collectors then run with SNAG_CHORES=0, and exactly one of these beside them. Two at once do no harm, every job counts
again and never adds to, but do the work twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from prometheus_client import CollectorRegistry

from collector.intake.private_port import build_private
from collector.server.jobs import all_jobs, run_jobs
from collector.server.service import Ending, open_port, run_service, stop
from collector.settings import BadSetting, Settings
from collector.store import Store
from collector.store.client import redacted
from collector.telemetry import Metrics, start_export

log = logging.getLogger(__name__)


async def jobs_process(
    settings: Settings,
    *,
    ending: Ending | None = None,
    clock: Callable[[], float] = time.time,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Run the jobs until SIGTERM, SIGINT or `ending`; a long one breaks off and continues at the next start.

    Serves /livez, /readyz and /metrics on the private port. If the server is away, a job's turn comes again.
    Raises BadSetting for an embedded store, whose only process is `snag serve`.
    """
    if settings.store_dsn.startswith("chdb:"):
        raise BadSetting(
            "SNAG_DSN: `snag jobs` needs a ClickHouse server; an embedded store belongs to one `snag serve`, which runs "
            "the jobs itself. Expected clickhouse://user@host:8123/"
        )
    await run_service(lambda asked: _running(settings, clock, asked), on_ready=on_ready, ending=ending)


@asynccontextmanager
async def _running(settings: Settings, clock: Callable[[], float], ending: Ending) -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        metrics = Metrics(CollectorRegistry(), component="jobs")
        stack.callback(start_export(metrics.counts).stop)
        jobs = all_jobs(settings, clock, metrics.counts, metrics.shown)
        private = build_private(metrics, lambda: "stopping" if ending.stopping.is_set() else "", max_body=1024)
        url = await stack.enter_async_context(
            open_port("private", private, settings.private_host, settings.private_port)
        )
        running = asyncio.create_task(
            run_jobs(jobs, lambda: Store.open(settings.store_dsn), metrics.counts, metrics.shown)
        )
        stack.push_async_callback(stop, running)
        log.info("Running the background jobs of %s, private port %s", redacted(settings.store_dsn), url)
        yield url
