"""`snag journeys run`: each journey once or some times, in a worker, with its progress and a table at the end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from collector.errors import Failed
from synthetic.load import report_problems
from synthetic.messages import Listed, SetUp
from synthetic.outbox import Outbox
from synthetic.result import Result
from synthetic.slots import Overstayed, Slot

LAST_TRY_S = 10.0
"""How long results may wait for the collector at the end."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be done, and how it is to be told."""

    repeat: int = 1
    json: bool = False
    junit: bool = False
    trace: bool = False
    strict: bool = False
    only: list[str] = field(default_factory=list)
    collector: str = ""
    buffer: Path | None = None


async def run_once(set_up: SetUp, wanted: Wanted) -> int:
    """Run and post, one at a time: timings are the product. Returns the exit code."""
    slot = Slot(set_up)
    try:
        try:
            await slot.load()
        except Overstayed as error:
            raise Failed(f"the journeys could not be loaded: {error}") from None
        chosen = _chosen(slot.listed, set_up.target.location, wanted.only)
        code = report_problems(slot.problems, bool(slot.listed))
        if problem := await slot.ready():
            raise Failed(problem)
        outbox = Outbox(wanted.collector, wanted.buffer) if wanted.collector else None
        progress = _Progress(len(chosen) * wanted.repeat)
        runs: list[Result] = []
        for journey in chosen:
            for _ in range(wanted.repeat):
                done = await slot.run(journey, step=progress.step(journey.name), trace=wanted.trace)
                progress.done()
                if outbox is not None:
                    outbox.put(done.beacons)
                    await outbox.flush(0)
                done.beacons = []  # they are on their way, and hundreds of runs add up
                runs.append(done)
                if wanted.json:
                    print(json.dumps(done.as_json()), flush=True)
        progress.end()
    finally:
        await slot.close()
    _tell(runs, wanted)
    if outbox is not None and not await outbox.flush(LAST_TRY_S):
        kept = f"; they wait in {wanted.buffer}" if wanted.buffer else ""
        print(f"snag: {len(outbox)} beacons were not taken: {outbox.problem}{kept}", file=sys.stderr)
        code = 2
    if outbox is not None and outbox.dropped:
        print(f"snag: beacons were let go: {dict(outbox.dropped)}", file=sys.stderr)
        code = 2
    bad = {"failed", "degraded", "flaky"} if wanted.strict else {"failed"}
    if any(done.status in bad for done in runs):
        return 1
    return 2 if any(done.status == "error" for done in runs) else code


def _chosen(listed: list[Listed], location: str, only: list[str]) -> list[Listed]:
    names = {one.name for one in listed}
    if unknown := [name for name in only if name not in names]:
        raise Failed(f"there is no journey '{unknown[0]}'; there are: {', '.join(sorted(names))}")
    return [
        one
        for one in listed
        if (not only or one.name in only) and (not one.locations or not location or location in one.locations)
    ]


def _tell(runs: list[Result], wanted: Wanted) -> None:
    if wanted.junit:
        from synthetic.report import junit

        print(junit(runs))
    elif not wanted.json:
        from rich.console import Console

        from synthetic import report

        console = Console()  # leaves colours out by itself where NO_COLOR is set or nobody looks
        console.print(report.table(runs) if wanted.repeat == 1 else report.repeated(runs))
        if wanted.repeat > 1 and (bad := [done for done in runs if done.status != "passed"]):
            console.print(report.table(bad[:20]))


class _Progress:
    """One line on a terminal that says what is under way; nothing where nobody looks."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._number = 1
        self._shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def step(self, journey: str) -> Callable[[str], None]:
        """To be told of each step of `journey`."""

        def show(step: str) -> None:
            if self._shown:
                line = f"{self._number}/{self._runs} {journey}: {step} …"
                print(f"\r{line[:100]:<100}", end="", file=sys.stderr, flush=True)

        show("begins")
        return show

    def done(self) -> None:
        """One more run is over."""
        self._number += 1

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            print(f"\r{'':<100}\r", end="", file=sys.stderr, flush=True)
