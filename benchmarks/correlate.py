"""Speed of the correlation room and how often its verdicts are right. Run from the repository's root.

python benchmarks/correlate.py --seeds 50
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from collector.correlate import analyse
from tests.correlate.call_centre import call_centre
from tests.correlate.small_shop import SCENARIOS, VERDICTS, small_shop


def main() -> None:
    """Print CPU seconds for three sizes, then the table of verdicts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, help="worlds per scenario")
    parser.add_argument("--first", type=int, default=10_000, help="first seed; those below are for tuning")
    parser.add_argument("--skip-speed", action="store_true")
    options = parser.parse_args()
    if not options.skip_speed:
        speed()
    verdicts(range(options.first, options.first + options.seeds))


def speed() -> None:
    """CPU seconds of one call, by size."""
    print("size                                    CPU s   surges")
    shop = small_shop("broken-pay", 1)
    timed("small shop, 8 weeks, 12 keys", shop.inputs, shop.options)
    centre = call_centre(1, days=56)
    timed(f"call centre, 8 weeks, {len(centre.inputs[0])} keys", centre.inputs, centre.options)
    year = call_centre(1, days=395)
    friction, _, traffic, _ = year.inputs
    rng = np.random.default_rng(1)
    for i in range(500 - len(friction)):
        friction[f"/page{i // 8}|kind{i % 8}"] = rng.poisson(0.003 * traffic["sessions"]).astype(float)
    timed(f"call centre, 13 months, {len(friction)} keys", year.inputs, year.options)


def timed(name, inputs, options) -> None:
    """One line of the speed table."""
    before = time.process_time()
    surges = analyse(*inputs, **options)
    print(f"{name:38} {time.process_time() - before:6.2f}   {len(surges)}", flush=True)


def verdicts(seeds: range) -> None:
    """How often the small shop's verdict is right, and what was said instead."""
    print(f"\nscenario        right of {len(seeds)}   otherwise")
    for scenario in SCENARIOS:
        said: Counter[str] = Counter()
        wanted = [VERDICTS[scenario]] if scenario in VERDICTS else []
        right = 0
        for seed in seeds:
            world = small_shop(scenario, seed)
            surges = analyse(*world.inputs, **world.options)
            ok = [s.verdict for s in surges] == wanted
            if ok and world.page:
                ok = surges[0].keys[0]["key"].startswith(f"{world.page}|")
            right += ok
            if not ok:
                said[" and ".join(s.verdict for s in surges) or "no surge"] += 1
        print(f"{scenario:15} {right:5}        {dict(said) or ''}", flush=True)


if __name__ == "__main__":
    main()
