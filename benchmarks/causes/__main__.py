"""How often the class of friction is right: `python -m benchmarks.causes [--seeds 6] [--only NAME] [--simulated]`.

Plays pages with a known cause in a real Chromium, puts calm visits beside them where a rule asks how many are refused,
classifies all of it in a real store, and prints the confusion table. `--simulated`: populations of known prevalence alone.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import traceback
from collections import Counter
from itertools import count
from uuid import uuid4

from benchmarks.agent_accuracy.site import Place, Sites
from benchmarks.agent_accuracy.visitor import Visitor
from benchmarks.causes.patterns import ALL, Pattern
from benchmarks.causes.populations import simulated
from collector.events import Beacon, Edge, PageView
from collector.friction.cause_evidence import CLASSES
from collector.friction.classify_job import refresh
from collector.intake.decode import queued
from collector.metrics.score import SEVERITIES
from collector.store import Store
from synthetic.browser import launched


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6, help="how often each pattern is played, each time otherwise")
    parser.add_argument("--only", default="", help="part of the names of the patterns to play")
    parser.add_argument("--at-once", type=int, default=16, help="pages side by side")
    parser.add_argument("--simulated", action="store_true", help="simulated populations alone, no browser")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"chdb://{folder}/store")
        store.migrate()
        if chosen.simulated:
            print(table(simulated(store)))
        else:
            asyncio.run(played(store, [one for one in ALL if chosen.only in one.name], chosen))
        store.close()
    return 0


async def played(store: Store, patterns: list[Pattern], chosen: argparse.Namespace) -> None:
    """Play, keep, classify, print."""
    free = asyncio.Semaphore(chosen.at_once)
    labels: dict[str, tuple[str, str]] = {}
    async with Sites() as sites, launched() as (browser, _):
        sites._keys = count(1000)  # an id in every path, so that the same request of all visits has one route

        async def one(found: Pattern, seed: int) -> None:
            async with free:
                place = sites.place()
                context = await browser.new_context()
                try:
                    visitor = Visitor(await context.new_page(), sites, place, seed)
                    await found.play(visitor)
                    for page in context.pages:
                        await page.goto("about:blank")
                    await asyncio.sleep(0.3)
                except Exception:
                    print(
                        f"{found.name} (seed {seed}) not played: {traceback.format_exc(limit=-2)}",
                        file=sys.stderr,
                    )
                    return
                finally:
                    await context.close()
                keep(store, place)
                labels.update({str(beacon.session_id): (found.name, found.cause) for beacon in place.beacons})

        # those of one pattern side by side, so that an outage is one
        await asyncio.gather(
            *(one(found, seed) for found in patterns for seed in range(max(chosen.seeds, found.together)))
        )
    for found in patterns:
        calm(store, found)
    refresh(store)
    print(table(verdicts(store, labels)))


def keep(store: Store, place: Place) -> None:
    """What the agent sent, as the collector would keep it."""
    lines = [queued(beacon, Edge(received_ts=beacon.sent_ts)).strip() for beacon in place.beacons]
    if lines:
        assert store.insert(lines) == []


def calm(store: Store, found: Pattern) -> None:
    """Visits of the page that met nothing, beside those that were played."""
    rows = store.client.query("SELECT max(ts) FROM snag_experience.page_views").result_rows
    at = int(rows[0][0].timestamp() * 1000)
    store.insert(
        [
            queued(
                Beacon(
                    beacon_id=uuid4(),
                    app="corpus",
                    session_id=uuid4(),
                    sent_ts=at,
                    events=[PageView(event_id=uuid4(), client_ts=at, view_id=uuid4(), page_group=found.name)],
                ),
                Edge(received_ts=at),
            ).strip()
            for _ in range(found.calm)
        ]
    )


def verdicts(store: Store, labels: dict[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """(pattern, class that it is, class that was said) of every friction event that weighs anything, of visits that met any;
    an episode with several events counts once: by the most severe."""
    rows = store.client.query(
        "SELECT toString(session_id), kind, cause_class, cause_rule, cause_evidence FROM "
        "snag_experience.friction_events_with_cause ORDER BY ts"
    ).result_rows
    said: dict[str, tuple[int, str, str]] = {}
    for session, kind, cause, rule, evidence in rows:
        severity = SEVERITIES[kind] + (0 if cause == "unclassified" else 0.5)
        if session in labels and (session not in said or severity > said[session][0]):
            said[session] = (severity, cause, f"{kind} {rule}: {evidence}")
    for session, (name, cause) in labels.items():
        if session not in said:
            print(f"{name}: no friction was told", file=sys.stderr)
        elif said[session][1] != cause:
            print(f"{name}: {cause}, said {said[session][1]} by {said[session][2]}", file=sys.stderr)
    return [(*labels[session], found[1]) for session, found in said.items() if session in labels]


def table(found: list[tuple[str, str, str]]) -> str:
    """The confusion table: rows what it is, columns what was said, with precision and recall."""
    counts = Counter((cause, said) for _, cause, said in found)
    lines = [f"| it is | {' | '.join(CLASSES)} | recall |", "|---" * (len(CLASSES) + 2) + "|"]
    for cause in CLASSES[:-1]:
        row = [counts[cause, said] for said in CLASSES]
        lines.append(f"| {cause} | {' | '.join(map(str, row))} | {counts[cause, cause] / (sum(row) or 1):.2f} |")
    precision = []
    for said in CLASSES[:-1]:
        total = sum(counts[cause, said] for cause in CLASSES)
        precision.append(f"{counts[said, said] / total:.2f}" if total else "–")
    unknown = sum(counts[cause, "unclassified"] for cause in CLASSES) / (len(found) or 1)
    lines.append(f"| precision | {' | '.join(precision)} | | {len(found)} episodes, {unknown:.1%} unclassified |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
