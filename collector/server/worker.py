"""A worker: a front in a process of its own. Started by `collector.server.supervisor`, which it reports to.

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
from collector.server.public_port import front
from collector.settings import BadSetting, Settings
from collector.spool import SpoolInUse
from collector.spool.quarantine import QUARANTINE, worker_folder
from collector.telemetry import Counts, start_export

REPORT_S = 1.0


async def work(settings: Settings, number: int, port: int) -> None:
    """Run until stdin ends or SIGTERM comes."""
    counts = Counts()
    export = start_export(counts)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    folder = worker_folder(settings.spool_path, number)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(export.stop)
        if not settings.store_dsn.startswith("chdb:"):
            await stack.enter_async_context(_shipping(settings, number, counts))
        opened = await stack.enter_async_context(
            front(
                settings,
                folder,
                counts,
                port=port,
                share=1 / settings.workers,
                reuse_port=True,
                outward=export.outward,
            )
        )
        ending = [asyncio.create_task(reader.read()), asyncio.create_task(stop.wait())]
        while not any(task.done() for task in ending):
            print(json.dumps({"counts": counts.snapshot(), **opened.report()}), flush=True)
            await asyncio.wait(ending, timeout=REPORT_S, return_when=asyncio.FIRST_COMPLETED)
        for task in ending:
            task.cancel()


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
        running.cancel()
        with contextlib.suppress(Exception):  # what is left is shipped at the next start
            await asyncio.wait_for(shipper.ship(), settings.drain_s)
        sink.close()


def main() -> int:
    """Returns the exit code: 2 where it could not begin, with the reason as the only line of stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the supervisor decides
    told = json.loads(sys.stdin.readline())
    settings = Settings(**told["settings"])
    logs.set_up(settings.log_level, settings.log_format)
    for chatty in ("clickhouse_connect", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    try:
        uvloop.run(work(settings, told["number"], told["port"]))
    except (BadSetting, SpoolInUse) as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
