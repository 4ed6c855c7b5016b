"""What a journey costs, beside raw Playwright: `python -m benchmarks.journeys [--turns N] [--soak N] [--elastic]`.

Both do the same five steps on the same site with the same browser, warm, in turns within one process tree; counted are
CPU-seconds of the whole tree (processes that have ended included). Prints the ratio of the medians over turns, journeys
per core-minute, what the runner's memory has grown by, false alarms among the clean runs, and processes left behind.
`--elastic` installs @elastic/synthetics from npm into a temporary folder and runs the same journey with it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time

from benchmarks.journeys import elastic
from benchmarks.journeys.site import five_steps, raw_steps, serve
from synthetic import processes
from synthetic.browser import Warm
from synthetic.journey import REGISTERED, journey
from synthetic.runner import run
from synthetic.target import Target

RUNS = 2
"""In one turn of each."""


def cpu_s() -> float:
    """Of this process and all below it."""
    return sum(one.cpu_s for one in processes.tree(os.getpid()))


async def turn_raw(warm: Warm, url: str) -> float:
    """CPU-seconds of one journey in raw Playwright: a fresh context, five steps, closed."""
    browser, before = await warm.browser(), cpu_s()
    for _ in range(RUNS):
        context = await browser.new_context(base_url=url)
        await raw_steps(await context.new_page())
        await context.close()
    return (cpu_s() - before) / RUNS


async def turn_ours(warm: Warm, url: str, ended: list[str]) -> float:
    """The same as a journey with everything on."""
    before = cpu_s()
    for _ in range(RUNS):
        done = await run(REGISTERED["five steps"], warm, Target(base_url=url))
        ended.append(done.status if done.status == "passed" else f"{done.status}: {done.message}")
    return (cpu_s() - before) / RUNS


async def main(turns: int, soak: int, with_elastic: bool) -> None:
    """Measure and print."""
    journey("five steps", slow="10s")(five_steps)
    ended: list[str] = []
    site, url = await serve()
    warm = Warm(most_runs=10**9)
    await warm.ready()
    await turn_raw(warm, url)
    await turn_ours(warm, url, ended)
    ratios, ours_s, raws_s = [], [], []
    for number in range(turns):
        pair = {}
        for who in ("raw", "ours") if number % 2 else ("ours", "raw"):
            pair[who] = await (turn_raw(warm, url) if who == "raw" else turn_ours(warm, url, ended))
        ratios.append(pair["ours"] / pair["raw"])
        ours_s.append(pair["ours"])
        raws_s.append(pair["raw"])
    ours, raw = statistics.median(ours_s), statistics.median(raws_s)
    print(
        f"CPU of a five-step journey: ours {ours:.3f} s, raw Playwright {raw:.3f} s, ratio {ours / raw:.3f}"
        f" (from {min(ratios):.2f} to {max(ratios):.2f}, {turns} turns of {RUNS})"
    )
    print(f"journeys per core-minute: ours {60 / ours:.0f}, raw {60 / raw:.0f}")
    await warm.close()
    if soak:
        await soaked(url, soak, ended)
    bad = [one for one in ended if one != "passed"]
    print(f"false alarms: {len(bad)} in {len(ended)} clean runs {bad[:3] if bad else ''}")
    left = processes.tree(os.getpid())[1:]
    print(f"processes left behind: {len(left)} {[one.name for one in left] if left else ''}")
    if with_elastic:
        await asyncio.to_thread(elastic.compare, url, ours)  # the site is served from here
    await site.cleanup()


async def soaked(url: str, runs: int, ended: list[str]) -> None:
    """Many runs: what the runner itself (Python, and the driver of the moment) grows by."""
    warm, began = Warm(), time.monotonic()
    sizes = []
    for number in range(runs):
        done = await run(REGISTERED["five steps"], warm, Target(base_url=url))
        ended.append(done.status if done.status == "passed" else f"{done.status}: {done.message}")
        if number % 10 == 9:
            own = next(one.rss_mb for one in processes.tree(os.getpid()))
            sizes.append(own)
            print(f"  {number + 1} runs, runner {own:.0f} MB", file=sys.stderr)
    await warm.close()
    per_50 = (sizes[-1] - sizes[0]) / max(1, (len(sizes) - 1) * 10) * 50 if len(sizes) > 1 else 0.0
    print(f"memory of the runner: grows by {per_50:.1f} MB in 50 runs ({runs} runs, {time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--soak", type=int, default=50, help="runs of the memory test")
    parser.add_argument("--elastic", action="store_true")
    given = parser.parse_args()
    asyncio.run(main(given.turns, given.soak, given.elastic))
