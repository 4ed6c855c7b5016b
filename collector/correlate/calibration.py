"""Weights of the signs behind `confidence`. Made by `python -m benchmarks.correlation --calibrate`; do not edit."""

from collector.correlate.contract import Verdict

WEIGHTS: dict[Verdict, dict[str, float]] = {
    "friction": {
        "1": -6.627,
        "ahead": 0.1553,
        "drawn": -1.42,
        "gain": 0.2251,
        "lag": 0.06047,
        "lead": -1.018,
        "left": 0.3996,
        "misfit": -2.699,
        "p": -1.008,
        "share": -0.1311,
        "visitors": -1.855,
        "waiting": 1.505,
        "z": 2.718,
    },
    "infrastructure": {
        "1": 6.123,
    },
    "traffic": {
        "1": 3.19,
        "p": 0.4474,
        "rest": -1.193,
        "rise": 0.569,
        "share": 0.8839,
        "visitors": 0.4591,
        "z": 0.06594,
    },
    "event": {
        "1": 2.761,
        "left": -0.2337,
        "misfit": 0.1519,
        "p": -0.1507,
        "some": 0.1858,
        "stuck": 0.06385,
        "visitors": -11.2,
        "z": 0.6945,
    },
    "unexplained": {
        "1": 5.853,
        "left": 1.759,
        "misfit": 1.298,
        "p": 0.3801,
        "slow": -2.415,
        "some": -4.638,
        "stuck": 0.1233,
        "visitors": -11.45,
        "z": -0.254,
    },
}
