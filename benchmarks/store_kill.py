"""Kill the store in the middle of its work, again and again: `python -m benchmarks.store_kill [--times 50]`.

A child inserts batches, counts rollups, merges and migrates; it says each batch that the store acknowledged. It is
killed with SIGKILL at a random moment and started again on the same folder. In the end every acknowledged event must be
there once, in the events and in the rollups, without any repair. Ends with status 1 where that is not so.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from rich.progress import track

from collector.intake.decode import Edge, decode, queued
from collector.store import Store

EVENTS = 200
"""In one batch."""


def child(folder: Path, seed: int) -> None:
    """Work until killed; one line on stdout for each batch that was acknowledged."""
    store = Store.open(f"chdb://{folder}")
    store.migrate()
    chance = random.Random(seed)
    while True:
        at = int(time.time() * 1000) - chance.randrange(7_200_000)
        session, ids = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(EVENTS)]
        events = [
            {"kind": "rage_click", "event_id": one, "client_ts": at + n, "page_group": "/pay"}
            for n, one in enumerate(ids)
        ]
        beacon = {
            "beacon_id": str(uuid.uuid4()),
            "app": "shop",
            "session_id": session,
            "sent_ts": at,
            "events": events,
        }
        line = queued(decode(json.dumps(beacon).encode()), Edge(received_ts=at, skew_ms=0)).strip()
        store.insert([line])
        print(session, flush=True)
        if chance.random() < 0.2:
            store.insert([line])  # what a shipper does that was killed before it could delete its segment
        if chance.random() < 0.1:
            store.refresh()
        if chance.random() < 0.05:
            store.client.command("OPTIMIZE TABLE snag_experience.friction_events")


def main() -> int:
    """Kill, then count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.seed)
    chance = random.Random(args.seed)
    acknowledged: set[str] = set()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "store"
        for turn in track(range(args.times), description="killing", disable=not sys.stderr.isatty()):
            command = [
                sys.executable,
                "-m",
                "benchmarks.store_kill",
                "--child",
                str(folder),
                "--seed",
                str(turn),
            ]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout
                # The first kills hit the migrations, the others any moment after the first batch.
                if turn >= args.times // 10:
                    acknowledged.add(process.stdout.readline().strip())
                time.sleep(chance.uniform(0.2, 2.0))
                process.kill()
                acknowledged.update(process.stdout.read().split())
        acknowledged.discard("")
        store = Store.open(f"chdb://{folder}")
        store.migrate()
        store.refresh()
        rows = store.client.query(
            "SELECT toString(session_id), count(), uniqExact(event_id) FROM snag_experience.friction_events FINAL GROUP BY 1"
        ).result_rows
        found = {row[0]: (row[1], row[2]) for row in rows}
        missing = [session for session in acknowledged if found.get(session) != (EVENTS, EVENTS)]
        doubled = [session for session, (n, distinct) in found.items() if n != distinct]
        rolled = store.client.query("SELECT sum(events) FROM snag_experience.friction_5m FINAL").result_rows[0][0]
        kept = sum(n for n, _ in found.values())
        store.close()
    print(
        f"{args.times} kills, {len(acknowledged) * EVENTS:,} events acknowledged: {len(missing)} batches missing, "
        f"{len(doubled)} doubled; rollups count {rolled:,} of {kept:,} events"
    )
    return 1 if missing or doubled or rolled != kept else 0


if __name__ == "__main__":
    sys.exit(main())
