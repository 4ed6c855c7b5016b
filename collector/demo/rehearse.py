"""The whole demo without a browser, straight to the verdict, for trying the analysis on many afternoons.

`python -m collector.demo.rehearse --seeds 50` simulates everything; `--recorded DIR` takes the last two hours from
`DIR/<scenario>.ndjson`, the beacons that the browsers of a demo sent (its visits.ndjson).
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from collector.correlate import Surge, analyse
from collector.demo import world
from collector.demo.recording import Recording, replay
from collector.demo.scenarios import SCENARIOS, Scenario
from collector.demo.zones import afternoon_zone

START = 1_772_000_000 // world.STEP_S * world.STEP_S


def rehearse(scenario: Scenario, seed: int, recording: Recording | None = None) -> list[Surge]:
    """The surges of the last day of one afternoon: simulated, or with `recording` its last two hours from the
    recorded beacons of real browsers."""
    rng = np.random.default_rng([seed, len(scenario.name)])
    now = START + int(rng.integers(0, 7 * 288)) * world.STEP_S
    zone = ZoneInfo(afternoon_zone(now))
    struck_from = now - world.INCIDENT_STEPS * world.STEP_S
    browsers_from = struck_from - world.BEFORE_STEPS * world.STEP_S
    begin = now - world.WEEKS * 7 * 86400
    past = world.draw_starts(begin, browsers_from, zone, now, rng)
    calm = _steady(browsers_from, struck_from, 1, rng)
    struck = _steady(struck_from, now, scenario.traffic_factor, rng)
    parts = [world.visits(past, rng, ttfb_ms=recording.ttfb_ms if recording else 250)]
    if recording:
        parts += [replay(recording.before, calm, rng), replay(recording.during, struck, rng)]
    else:
        busy = 250 * rng.uniform(0.8, 1.4)  # browsers and shop share the machine
        parts += [
            world.visits(calm, rng, ttfb_ms=busy),
            world.visits(struck, rng, ttfb_ms=busy, scenario=scenario),
        ]
    if scenario.backend_extra_ms:
        parts[2].hit[:] = True
    called = world.contacts(
        np.concatenate([part.start_ts for part in parts]),
        np.concatenate([part.hit for part in parts]),
        rng,
        scenario=scenario,
        incident=(struck_from, now),
    )
    annotations = []
    if scenario.annotation:
        kind, title = scenario.annotation
        annotations.append({"start": struck_from - 600, "end": now, "kind": kind, "title": title})
    surges = analyse(
        *_grids(begin, now, parts, called),
        timezone=zone.key,
        annotations=annotations,
        complete_through={"contacts": now},
    )
    return [surge for surge in surges if surge.end > now - 86400]


def _steady(begin: float, end: float, factor: int, rng: np.random.Generator) -> world.Floats:
    """As the demo's browsers make them: the same number in every step."""
    steps = np.repeat(np.arange(begin, end, world.STEP_S), world.VISITS_PER_STEP * factor)
    return np.sort(steps + rng.uniform(0, world.STEP_S - 15, len(steps)))


def _grids(begin: int, end: int, parts: list[world.Visits], called: world.Contacts) -> tuple[Any, ...]:
    """What `collector.store.grids` reads from the store, made without one."""
    bins = (end - begin) // world.STEP_S

    def binned(ts: world.Floats) -> world.Ints:
        return ((ts - begin) // world.STEP_S).astype(np.int64)

    sessions = np.zeros(bins)
    friction: dict[str, world.Floats] = defaultdict(lambda: np.zeros(bins))
    ttfb: list[list[float]] = [[] for _ in range(bins)]
    failed, asked = np.zeros(bins), np.zeros(bins)
    for part in parts:
        at = binned(part.view_ts)
        for here, _ in set(zip(at.tolist(), part.view_visit.tolist(), strict=True)):
            sessions[here] += 1
        for here, value in zip(at.tolist(), part.view_ttfb_ms.tolist(), strict=True):
            ttfb[here].append(value)
        np.add.at(asked, at, 1)
        np.add.at(failed, at, part.view_status >= 500)
        keys = [f"{point.page_group}|{point.kind}" for point in part.friction]
        hits = set(zip(binned(part.friction_ts).tolist(), part.friction_visit.tolist(), keys, strict=True))
        for here, _, key in hits:
            friction[key][here] += 1
    channels: dict[str, world.Floats] = defaultdict(lambda: np.zeros(bins))
    topics: dict[str, world.Floats] = defaultdict(lambda: np.zeros(bins))
    for here, channel, reason in zip(binned(called.ts).tolist(), called.channel, called.reason, strict=True):
        if here < bins:
            channels[channel][here] += 1
            topics[reason][here] += 1
    performance = {
        "ttfb_p75_ms": np.array([np.quantile(values, 0.75, method="higher") if values else np.nan for values in ttfb]),
        "http_5xx_rate": np.divide(failed, asked, out=np.full(bins, np.nan), where=asked > 0),
    }
    traffic = {"start": begin, "step": world.STEP_S, "sessions": sessions}
    return dict(friction), performance, traffic, {"channels": dict(channels), "topics": dict(topics)}


def main() -> None:
    """Rehearse every scenario with many seeds and print what came out."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--recorded", type=Path, metavar="DIR", help="recordings of demos, <scenario>.ndjson")
    parser.add_argument("--scenario", choices=list(SCENARIOS), action="append")
    args = parser.parse_args()
    table = Table("scenario", "right", "verdicts", "first key")
    for name in args.scenario or SCENARIOS:
        scenario = SCENARIOS[name]
        recording = Recording.read(args.recorded / f"{name}.ndjson") if args.recorded else None
        verdicts: Counter[str] = Counter()
        keys: Counter[str] = Counter()
        right = 0
        for seed in track(range(args.seeds), description=name, console=Console(stderr=True)):
            surges = rehearse(scenario, seed, recording)
            found = tuple(surge.verdict for surge in surges)
            verdicts["+".join(found) or "no surge"] += 1
            keys.update(surge.keys[0]["key"] for surge in surges if surge.keys)
            right += (len(found) == 1 and found[0] in scenario.staged) if scenario.staged else not found
        table.add_row(name, f"{right} of {args.seeds}", str(dict(verdicts)), str(dict(keys)))
    Console().print(table)


if __name__ == "__main__":
    main()
