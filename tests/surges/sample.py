"""A surge whose truth is known, and the series that it was found in."""

from datetime import UTC, datetime, timedelta

import numpy as np

from collector.correlate import Surge
from collector.store.grids import STEP_S, Grids
from collector.surges.find import Found

START = 1_795_200_000 // STEP_S * STEP_S
BINS = 14 * 288
KEY = "/checkout|rage_click"


def surge(**changes) -> Surge:
    at = START + (BINS - 12) * STEP_S
    given = {
        "start": at,
        "end": at + 10 * STEP_S,
        "detected_at": at + STEP_S,
        "observed": 171.0,
        "expected": 53.0,
        "extra": 118.0,
        "extra_low": 96.0,
        "extra_high": 141.0,
        "ratio": 3.2,
        "z": 12.0,
        "channels": {"phone": 100.0, "chat": 18.0},
        "topics": {"checkout": 90.0, "": 28.0},
        "verdict": "friction",
        "keys": [
            {
                "key": KEY,
                "p": 0.001,
                "q": 0.003,
                "lag_s": 780.0,
                "lag_low_s": 600.0,
                "lag_high_s": 960.0,
                "attributed": 87.0,
                "attributed_low": 60.0,
                "attributed_high": 110.0,
                "onset": at - 780,
            }
        ],
        "p": 0.001,
        "q": 0.003,
        "lag_s": 780.0,
        "lag_low_s": 600.0,
        "lag_high_s": 960.0,
        "attributed": 87.0,
        "attributed_low": 60.0,
        "attributed_high": 110.0,
        "confidence": None,
        "rivals": [
            {
                "cause": "friction",
                "state": "holds",
                "explained": 0.74,
                "reason": f"{KEY} hit 60 sessions where 2 are usual.",
            },
            {"cause": "traffic", "state": "ruled_out", "explained": 0.0, "reason": "No more sessions than usual."},
            {"cause": "infrastructure", "state": "not_checked", "explained": None, "reason": "No series is known."},
        ],
        "event": None,
        "insufficient": None,
        "algorithm": "test 1",
    }
    return Surge(**given | changes)


def found(*surges: Surge, sources=("rum",), friction=KEY) -> Found:
    rng = np.random.default_rng(1)
    grids = Grids(
        START,
        rng.poisson(4, BINS).astype(float),
        {friction: np.r_[np.zeros(BINS - 15), np.full(15, 5.0)]},
        {"ttfb_p75_ms": np.full(BINS, 250.0)},
        {"phone": rng.poisson(1, BINS).astype(float)},
        {"": np.ones(BINS)},
    )
    until = datetime.fromtimestamp(START + BINS * STEP_S, UTC)
    return Found(
        "shop",
        until - timedelta(days=1),
        until,
        sources,
        "Europe/Berlin",
        {"desk": until},
        until,
        (),
        grids,
        list(surges),
        {KEY: "Pay"},
        {KEY: ["3f2a9c01-0000-4000-8000-000000000001"]},
    )
