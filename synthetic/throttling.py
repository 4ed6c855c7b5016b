"""A slower network and processor, through the browser's own tools (CDP)."""

from __future__ import annotations

from typing import Any

from synthetic.options import Throttle


async def slow_down(context: Any, page: Any, throttle: Throttle) -> None:
    """Make `page` as slow as `throttle` says. Windows that it opens keep the machine's speed."""
    session = await context.new_cdp_session(page)
    if throttle.down_kbps or throttle.up_kbps or throttle.latency_ms:
        await session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": throttle.latency_ms,
                "downloadThroughput": throttle.down_kbps * 125 or -1,
                "uploadThroughput": throttle.up_kbps * 125 or -1,
            },
        )
    if throttle.cpu > 1:
        await session.send("Emulation.setCPUThrottlingRate", {"rate": throttle.cpu})
