"""Our front alone: validated, queued and synced before the answer; what is sealed is thrown away instead of shipped."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop

from collector.server.public_port import public_port
from collector.settings import Settings
from collector.telemetry import Counts


async def main(port: int, folder: Path) -> None:
    settings = Settings(data_dir=str(folder), dsn="clickhouse://nowhere/", spool_max_mb=4096)
    async with public_port(settings, folder / "spool", Counts(), port=port) as opened:
        while True:
            await asyncio.sleep(1)
            for segment in opened.spool.sealed():
                segment.unlink()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2])))
