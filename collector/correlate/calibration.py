"""Weights of the signs behind `confidence`. Made by `python -m benchmarks.correlation --calibrate`; do not edit."""

from collector.correlate.types import Verdict

WEIGHTS: dict[Verdict, dict[str, float]] = {
    "friction": {
        "1": -3.708,
        "ahead": 0.1249,
        "drawn": -0.7835,
        "gain": 0.09597,
        "lag": -0.4696,
        "lead": -0.6651,
        "left": 0.2428,
        "misfit": -2.526,
        "p": -0.9495,
        "share": -0.2026,
        "visitors": -1.113,
        "waiting": 0.7669,
        "z": 2.459,
    },
    "infrastructure": {
        "1": 5.991,
    },
    "traffic": {
        "1": 3.077,
        "p": 0.4687,
        "rest": -1.126,
        "rise": 0.5683,
        "share": 0.8389,
        "visitors": 0.4681,
        "z": 0.05042,
    },
    "event": {
        "1": 3.438,
        "p": -0.1937,
        "visitors": -16.13,
        "z": 0.2154,
    },
    "unexplained": {
        "1": 6.485,
        "left": 2.202,
        "misfit": 1.081,
        "p": 0.4007,
        "slow": -1.391,
        "some": -4.156,
        "stuck": 0.04773,
        "visitors": -13.83,
        "z": -0.4603,
    },
}
