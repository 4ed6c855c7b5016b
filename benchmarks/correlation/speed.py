"""CPU seconds against keys and weeks: everything at once, and a live look at the last day."""

import time

import numpy as np

from benchmarks.correlation import series
from collector.correlate import analyse


def speed(*, year: bool) -> None:
    """Print one line per size; the largest, 13 months x 500 keys, takes half a minute."""
    print("\nweeks  keys   CPU s of all   CPU s of a live look")
    for weeks, keys in ((8, 50), (8, 500), *(((56, 500),) if year else ())):
        world = series.build(1, "busy", weeks)
        friction, performance, traffic, contacts = world.inputs
        rng = np.random.default_rng(1)
        for i in range(keys - len(friction)):
            friction[f"/more{i // 8}|kind{i % 8}"] = rng.poisson(0.003 * traffic["sessions"]).astype(float)
        now = traffic["start"] + 300.0 * len(traffic["sessions"])
        taken = []
        for since in (None, now - 86400):
            before = time.process_time()
            analyse(friction, performance, traffic, contacts, since=since, **world.options)
            taken.append(time.process_time() - before)
        print(f"{weeks:5} {keys:5} {taken[0]:14.2f} {taken[1]:22.2f}", flush=True)
