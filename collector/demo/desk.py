"""The support desk of a demo: who contacts it is drawn from who was on the site, and comes in as a CSV file."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import numpy as np

from collector.demo import world
from collector.demo.process import DemoFailed
from collector.demo.stage import Demo, snag


async def take_contacts(demo: Demo, rng: np.random.Generator) -> None:
    """Write contacts.csv and import it, as a user would. Raises DemoFailed."""
    if demo.past is None:
        raise DemoFailed("there is no history to draw contacts from")
    starts = np.concatenate([demo.past.start_ts, [done.start_ts for done in demo.seen], demo.replays])
    slow = demo.scenario.backend_extra_ms > 0
    now = [done.hit or (slow and done.start_ts >= demo.incident[0]) for done in demo.seen]
    hit = np.concatenate([demo.past.hit, np.array(now, dtype=bool), np.zeros(len(demo.replays), dtype=bool)])
    called = world.contacts(starts, hit, rng, scenario=demo.scenario, incident=demo.incident)
    path = demo.folder / "contacts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["source_contact_id", "created_ts", "channel", "contact_reason"])
        for i, (ts, channel, reason) in enumerate(zip(called.ts, called.channel, called.reason, strict=True)):
            if ts < demo.end:
                writer.writerow(
                    [
                        f"C-{i + 1:05}",
                        datetime.fromtimestamp(ts, UTC).isoformat(timespec="seconds"),
                        channel,
                        reason,
                    ]
                )
    with demo.telling.step("Importing support contacts ([bold]simulated[/bold]) from a CSV file") as conclude:
        code, out = await snag(
            demo,
            "contacts",
            "import",
            str(path),
            "--source",
            "simulated-desk",
            "--complete-through",
            datetime.fromtimestamp(demo.end, UTC).isoformat(),
        )
        if code:
            raise DemoFailed(f"`snag contacts import` ended with {code}: {out}")
        conclude(out.strip().splitlines()[-1])
