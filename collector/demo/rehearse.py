"""The whole demo without a browser: history and incident both simulated, straight to the verdict.

For trying the analysis on many afternoons: `python -m collector.demo.rehearse --seeds 50`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from collector.correlate import Surge, analyse
from collector.demo import world
from collector.demo.scenarios import SCENARIOS, Scenario

START = 1_772_000_000 // world.STEP_S * world.STEP_S


def rehearse(scenario: Scenario, seed: int) -> list[Surge]:
    """The surges of the last day of one simulated afternoon."""
    rng = np.random.default_rng([seed, len(scenario.name)])
    now = START + int(rng.integers(0, 7 * 288)) * world.STEP_S
    zone = ZoneInfo(afternoon_zone(now))
    quiet_until = now - world.INCIDENT_STEPS * world.STEP_S
    browsers_from = quiet_until - world.BEFORE_STEPS * world.STEP_S
    begin = now - world.WEEKS * 7 * 86400
    usual = np.concatenate(
        [world.draw_starts(begin, browsers_from, zone, now, rng), _steady(browsers_from, quiet_until, 1, rng)]
    )
    struck = _steady(quiet_until, now, scenario.traffic_factor, rng)
    before = world.visits(usual, rng, ttfb_ms=250)
    during = world.visits(struck, rng, ttfb_ms=250 * rng.uniform(0.8, 1.4), scenario=scenario)
    called = world.contacts(
        np.concatenate([usual, struck]),
        np.concatenate([before.hit, during.hit]),
        rng,
        scenario=scenario,
        incident=(quiet_until, now),
    )
    annotations = []
    if scenario.annotation:
        kind, title = scenario.annotation
        annotations.append({"start": quiet_until - 600, "end": now, "kind": kind, "title": title})
    surges = analyse(
        *_grids(begin, now, [before, during], called),
        timezone=zone.key,
        annotations=annotations,
        complete_through={"contacts": now},
    )
    return [surge for surge in surges if surge.end > now - 86400]


def afternoon_zone(ts: float) -> str:
    """A time zone in which it is early afternoon at `ts`, so that the shop is always open and busy."""
    return min(ZONES, key=lambda name: abs(world.local_hour(ts, ZoneInfo(name))[0] - 14))


ZONES = (
    "Pacific/Auckland", "Pacific/Noumea", "Australia/Sydney", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok",
    "Asia/Dhaka", "Asia/Karachi", "Asia/Dubai", "Europe/Istanbul", "Europe/Athens", "Europe/Berlin", "Europe/London",
    "Atlantic/Cape_Verde", "Atlantic/South_Georgia", "America/Sao_Paulo", "America/Halifax", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
    "Pacific/Pago_Pago",
)  # fmt: skip


def _steady(begin: float, end: float, factor: int, rng: np.random.Generator) -> world.Floats:
    """As the demo's browsers make them: the same number in every step."""
    steps = np.repeat(np.arange(begin, end, world.STEP_S), world.VISITS_PER_STEP * factor)
    return np.sort(steps + rng.uniform(0, world.STEP_S - 15, len(steps)))


def _grids(begin: int, end: int, parts: list[world.Visits], called: world.Contacts):  # type: ignore[no-untyped-def]
    """What `collector.store.grids` reads from the store, made without one."""
    bins = (end - begin) // world.STEP_S
    sessions, friction = np.zeros(bins), {f"{p.page_group}|{p.kind}": np.zeros(bins) for p in world.POINTS}
    ttfb: list[list[float]] = [[] for _ in range(bins)]
    failed, asked = np.zeros(bins), np.zeros(bins)
    for part in parts:
        seen = {
            (int(ts - begin) // world.STEP_S, visit)
            for ts, visit in zip(part.view_ts, part.view_visit, strict=True)
        }
        for at, _ in seen:
            if at < bins:
                sessions[at] += 1
        for at, value, status in zip(
            ((part.view_ts - begin) // world.STEP_S).astype(int),
            part.view_ttfb_ms,
            part.view_status,
            strict=True,
        ):
            if at < bins:
                ttfb[at].append(value)
                asked[at] += 1
                failed[at] += status >= 500
        hits = {
            (int(ts - begin) // world.STEP_S, visit, point)
            for ts, visit, point in zip(
                part.friction_ts, part.friction_visit, part.friction_point, strict=True
            )
        }
        for at, _, point in hits:
            if at < bins:
                friction[f"{world.POINTS[point].page_group}|{world.POINTS[point].kind}"][at] += 1
    channels: dict[str, np.ndarray] = {}
    topics: dict[str, np.ndarray] = {}
    for ts, channel, reason in zip(called.ts, called.channel, called.reason, strict=True):
        at = int(ts - begin) // world.STEP_S
        if at < bins:
            channels.setdefault(channel, np.zeros(bins))[at] += 1
            topics.setdefault(reason, np.zeros(bins))[at] += 1
    performance = {
        "ttfb_p75_ms": np.array(
            [np.quantile(values, 0.75, method="higher") if values else np.nan for values in ttfb]
        ),
        "http_5xx_rate": np.divide(failed, asked, out=np.full(bins, np.nan), where=asked > 0),
    }
    traffic = {"start": begin, "step": world.STEP_S, "sessions": sessions}
    return friction, performance, traffic, {"channels": channels, "topics": topics}


def main() -> None:
    """Rehearse every scenario with many seeds and print what came out."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--scenario", choices=list(SCENARIOS), action="append")
    args = parser.parse_args()
    table = Table("scenario", "right", "verdicts", "first key")
    for name in args.scenario or SCENARIOS:
        scenario = SCENARIOS[name]
        verdicts: Counter[str] = Counter()
        keys: Counter[str] = Counter()
        right = 0
        for seed in track(range(args.seeds), description=name, console=Console(stderr=True)):
            surges = rehearse(scenario, seed)
            found = tuple(surge.verdict for surge in surges)
            verdicts["+".join(found) or "no surge"] += 1
            keys.update(surge.keys[0]["key"] for surge in surges if surge.keys)
            right += (len(found) == 1 and found[0] in scenario.staged) if scenario.staged else not found
        table.add_row(name, f"{right} of {args.seeds}", str(dict(verdicts)), str(dict(keys)))
    Console().print(table)


if __name__ == "__main__":
    main()
