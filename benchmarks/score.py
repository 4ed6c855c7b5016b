"""The friction score: how often its intervals hold the truth, and what ten million moments cost.

`python -m benchmarks.score [--draws 4000] [--moments 10000000]`
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from collector.friction import points
from collector.metrics.compare import compare
from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import Sums, friction_score
from collector.store import Store

LOADS = np.array([0.0, 1, 3, 6, 10])
SORTS = {"mild": [0.6, 0.3, 0.08, 0.02], "mixed": [0.3, 0.4, 0.2, 0.1], "hard": [0.1, 0.2, 0.3, 0.4]}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--moments", type=int, default=10_000_000)
    chosen = parser.parse_args(arguments)
    coverage(chosen.draws)
    speed(chosen.moments)
    return 0


def population(rng: np.random.Generator, shape: tuple[int, ...], rate: float, sort: str) -> NDArray[np.float64]:
    """Scores of visits: `rate` of them met one or more moments of friction."""
    hit = rng.random(shape) < rate
    moments = 1 + rng.poisson(0.5, shape)
    loads = sum(np.where(i < moments, LOADS[1:][rng.choice(4, shape, p=SORTS[sort])], 0) for i in range(5))
    return np.where(hit, 10 * np.minimum(loads, 10), 0.0)


def sums(scores: NDArray[np.float64]) -> Sums:
    """Of visits of weight 1."""
    n, total, squares = len(scores), float(scores.sum()), float((scores**2).sum())
    return Sums(
        n,
        n,
        n,
        total,
        total,
        squares,
        int((scores > 0).sum()),
        int((scores >= 30).sum()),
        float((scores >= 30).sum()),
    )


def coverage(draws: int) -> None:
    """Of 95 % intervals: the score's, mean ± 1.96 standard errors beside it, the rate's, and that of a difference."""
    rng = np.random.default_rng(7)
    print("| visits | friction | sort | score | ± 1.96 s.e. | rate | difference |\n|---|---|---|---|---|---|---|")
    averages = []
    for n in (50, 100, 400, 2000):
        for rate in (0.05, 0.1, 0.2, 0.4, 0.7):
            for sort in SORTS:
                whole = population(rng, (1_000_000,), rate, sort)
                truth, struggled = float(whole.mean()), float((whole >= 30).mean())
                held = np.zeros(4)
                for _ in range(draws // 4):
                    one, other = population(rng, (2, n), rate, sort)
                    found = friction_score(sums(one))
                    change = compare(sums(one), sums(other))
                    assert found is not None
                    assert change is not None
                    error = 1.96 * one.std(ddof=1) / np.sqrt(n)
                    low, high = wilson(int((one >= 30).sum()), n)
                    held += [
                        found.score.interval_95.low <= truth <= found.score.interval_95.high,
                        abs(one.mean() - truth) <= error,
                        low <= struggled <= high,
                        change.score.interval_95.low <= 0 <= change.score.interval_95.high,
                    ]
                averages.append((n, *(held / (draws // 4))))
                print(f"| {n} | {rate:.0%} | {sort} | {' | '.join(f'{share:.1%}' for share in averages[-1][1:])} |")
        means = np.array([row[1:] for row in averages if row[0] == n]).mean(axis=0)
        print(f"| {n} | | **mean** | {' | '.join(f'{share:.1%}' for share in means)} |")


FILL = """INSERT INTO snag_experience.friction_sessions (
    app, hour, session_id, start_ts, end_ts, traffic_source, release, device, weight, load, score, hit, score_version,
    `moments.ts`, `moments.kind`, `moments.page_group`, `moments.journey`, `moments.step`, `moments.target`,
    `moments.target_name`, `moments.fingerprint`, `moments.cause_class`, `moments.cause_sub`, `moments.cause_rule`,
    `moments.severity`, `moments.load`, `moments.events`, `moments.blocked`, built_ts)
WITH
    ['rage_click', 'dead_click', 'page_error', 'slow_step'] AS kinds,
    ['usability', 'technical_issue', 'infrastructure', 'unclassified'] AS classes
SELECT 'shop', toStartOfHour(began), generateUUIDv4(), toDateTime('2026-11-01 00:00:00') + n % 1209600 AS began, began + 300,
    'rum', concat('2.', toString(n % 3)), 'phone', 1, arraySum(loads), 10 * least(arraySum(loads), 10), notEmpty(loads), 1,
    arrayMap(x -> toDateTime64(began, 3) + x * 20, r), arrayMap(x -> kinds[1 + (x + n) % 4], r),
    arrayMap(x -> concat('/page/', toString((x * 7 + n) % 40)), r), arrayMap(x -> '', r), arrayMap(x -> '', r),
    arrayMap(x -> concat('#t', toString((x * 3 + n) % 25)), r), arrayMap(x -> '', r),
    arrayMap(x -> toUInt64((x * 3 + n) % 25 * 40 + (x * 7 + n) % 40), r), arrayMap(x -> classes[1 + (x * 5 + n) % 4], r),
    arrayMap(x -> 'a', r), arrayMap(x -> 'R3', r), arrayMap(x -> toUInt8(1 + (x + n) % 4), r),
    arrayMap(x -> toFloat32([1, 3, 6, 10][1 + (x + n) % 4]), r) AS loads, arrayMap(x -> toUInt32(1), r),
    arrayMap(x -> false, r), now64(3)
FROM (SELECT number AS n, range(number % 10) AS r FROM numbers({visits:UInt64}))"""


def speed(moments: int) -> None:
    """CPU-seconds of score, interval and all contributions over so many moments, one for each event."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"chdb://{folder}/store")
        store.migrate()
        store.client.command(FILL, parameters={"visits": round(moments / 4.5)})
        period = Period("shop", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
        for _ in range(3):
            began = cpu()
            score = points.scores(store, period)[""]
            parts = points.contributions(store, period)
            spent = cpu() - began
            assert score
            off = max(abs(sum(found.values()) - score.score.value) for found in parts.values())
            print(
                f"{moments:,} events, {score.score.visits:,} visits: {spent:.2f} CPU-s; score {score.score.value:.2f}, "
                f"contributions of {len(parts)} dimensions off by at most {off:.1e}"
            )
        store.close()


def cpu() -> float:
    """CPU-seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
