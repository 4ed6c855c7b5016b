"""How sure a verdict is: the share of verdicts with such signs that were right on simulated worlds."""

import numpy as np

from collector.correlate.calibration import WEIGHTS
from collector.correlate.following import Following
from collector.correlate.rival_causes import FrictionCandidate, InfrastructureCandidate
from collector.correlate.traffic import Traffic
from collector.correlate.types import Verdict

LEAST_FOR_FRICTION = 0.75
"""A friction verdict less sure than this is not given: a wrong 'it is the site' costs more than 'cannot say'."""

SMALLEST_P = 0.02
"""Histories of a few weeks have some 50 other days to offer; a longer one does not look surer for its length."""

MOST_SURE = 0.99
"""No simulation is the site itself."""


def confidence(verdict: Verdict, signs: dict[str, float]) -> float:
    """Probability that the verdict is right: a logistic regression on its signs (Cox 1958).

    The weights are made by `python -m benchmarks.correlation --calibrate`, on simulated worlds that the
    rules were not tuned on; see docs/method.md for how reliable it is.
    """
    weights = WEIGHTS[verdict]
    total = weights["1"] + sum(weights.get(name, 0.0) * value for name, value in signs.items())
    return float(np.clip(1 / (1 + np.exp(-np.clip(total, -30, 30))), 1 - MOST_SURE, MOST_SURE))


def signs_of(
    verdict: Verdict,
    z: float,
    traffic: Traffic,
    friction: list[FrictionCandidate],
    infrastructure: list[InfrastructureCandidate],
    leading: FrictionCandidate | InfrastructureCandidate | None,
    p: float | None,
) -> dict[str, float]:
    """What speaks for and against a verdict, as numbers of about the same size.

    friction, infrastructure: all candidates, the best first. leading: the one the verdict rests on.
    """
    signs = {"p": float(np.log(np.clip(1.0 if p is None else p, SMALLEST_P, 1.0)))}
    match verdict:
        case "friction" | "infrastructure" if leading is not None:
            return signs | {"z": float(np.log(np.clip(z, 2, 60)))} | _of_following(leading.following)
        case "traffic":
            share = float(np.clip(traffic.share, 0, 1.5))
            rest = float(np.clip(traffic.rest_z, -5, 8))
            return signs | {"share": share, "rest": rest}
        case _:
            stuck = friction[0].following if friction else None
            signs |= {
                "slow": _gain(infrastructure[0].following) if infrastructure else 0.0,
                "some": float(stuck is not None),
                "left": 0.0 if stuck is None else _left(stuck),
                "traffic": float(np.clip(traffic.share, 0, 1)),
            }
            return signs


def _of_following(following: Following) -> dict[str, float]:
    shape = following.shape
    ahead = shape.gain - shape.free
    return {
        "ahead": float(np.clip(np.sign(ahead) * np.sqrt(abs(ahead)), -8, 5)),
        "misfit": float(np.log(np.clip(shape.misfit, 0.1, 30))),
        "lead": float(np.clip(following.lead_min / 60, -1, 4)),
        "waiting": float(np.clip((following.lead_min - following.lag_min) / 60, 0, 4)),
        "share": float(np.clip(following.share, 0, 1.2)),
    }


def _gain(following: Following) -> float:
    return float(np.log1p(np.clip(following.gain, 0, 1e4)))


def _left(following: Following) -> float:
    return float(np.log(np.clip(following.shape.left, 0.005, 1)))
