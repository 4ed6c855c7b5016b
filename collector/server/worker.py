"""A worker: a public port in a process of its own. Started by `collector.server.supervisor`, which it reports to.

Settings come as one line of JSON on stdin, whose end means: stop. Reports go to stdout, one line of JSON a second.
The embedded engine is never loaded here; a server's store is shipped to from here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import AsyncIterator

import uvloop

from collector import logs
from collector.server.public_port import PublicPort, public_port
from collector.server.service import Ending, run_service, stop
from collector.settings import BadSetting, Settings
from collector.spool import SpoolInUse
from collector.spool.quarantine import QUARANTINE, worker_folder
from collector.telemetry import Counts, start_export

REPORT_S = 1.0


async def work(settings: Settings, number: int, port: int) -> None:
    """Run until stdin ends or SIGTERM comes."""
    await run_service(lambda ending: _running(settings, number, port, ending), drain_s=settings.drain_s)


@contextlib.asynccontextmanager
async def _running(settings: Settings, number: int, port: int, ending: Ending) -> AsyncIterator[PublicPort]:
    counts = Counts()
    async with contextlib.AsyncExitStack() as stack:
        export = start_export(counts)
        stack.callback(export.stop)
        await _follow_stdin(stack, ending)
        if not settings.store_dsn.startswith("chdb:"):
            await stack.enter_async_context(_shipping(settings, number, counts))
        opened = await stack.enter_async_context(
            public_port(
                settings,
                worker_folder(settings.spool_path, number),
                counts,
                port=port,
                share=1 / settings.workers,
                reuse_port=True,
                outward=export.outward,
            )
        )
        stack.push_async_callback(stop, asyncio.create_task(_report(counts, opened)))
        yield opened


async def _follow_stdin(stack: contextlib.AsyncExitStack, ending: Ending) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def until_it_ends() -> None:
        await reader.read()
        ending.ask()

    stack.push_async_callback(stop, asyncio.create_task(until_it_ends()))


async def _report(counts: Counts, opened: PublicPort) -> None:
    while True:
        print(json.dumps({"counts": counts.snapshot(), **opened.report()}), flush=True)
        await asyncio.sleep(REPORT_S)


@contextlib.asynccontextmanager
async def _shipping(settings: Settings, number: int, counts: Counts) -> AsyncIterator[None]:
    from collector.server.store_sink import StoreSink, reason_of
    from collector.spool.shipper import Shipper

    sink = StoreSink(settings.store_dsn, counts)
    shipper = Shipper(
        lambda: [worker_folder(settings.spool_path, number)],
        sink,
        quarantine=settings.spool_path / QUARANTINE,
        on_error=lambda error: counts.add("snag_store_insert_errors", reason_of(error)),
        on_quarantined=lambda lines: counts.add("snag_collector_spool_corrupt", n=lines),
    )
    running = asyncio.create_task(shipper.run())
    try:
        yield
    finally:
        await stop(running)
        with contextlib.suppress(Exception):  # what is left is shipped at the next start
            await asyncio.wait_for(shipper.ship(), settings.drain_s)
        sink.close()


def main() -> int:
    """Return the exit code: 2 if it could not start, with the reason as the only line of stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the supervisor decides
    given = json.loads(sys.stdin.readline())
    settings = Settings(**given["settings"])
    logs.set_up(settings.log_level, settings.log_format)
    for chatty in ("clickhouse_connect", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    try:
        uvloop.run(work(settings, given["number"], given["port"]))
    except (BadSetting, SpoolInUse) as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
