"""How sure a verdict is: the share of verdicts with such signs that were right on simulated worlds."""

import numpy as np

from collector.correlate.calibration import WEIGHTS
from collector.correlate.following import Following
from collector.correlate.rival_causes import FrictionCandidate, InfrastructureCandidate
from collector.correlate.traffic import Traffic
from collector.correlate.types import Verdict

LEAST_FOR_FRICTION = 0.75
"""A friction verdict less sure than this is not given: a wrong 'it is the site' costs more than 'cannot say'."""

SMALLEST_P = 0.005
"""Histories of a few weeks have some 200 other days to offer; a longer one shall not look surer for its length."""

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
    signs = {
        "z": float(np.log(np.clip(z, 2, 60))),
        "p": float(np.log(np.clip(1.0 if p is None else p, SMALLEST_P, 1.0))),
        "slow": _gain(infrastructure[0].following) if infrastructure else 0.0,
        "visitors": float(np.clip(traffic.ratio - 1, -0.5, 2)),
    }
    match verdict:
        case "friction" | "infrastructure" if leading is not None:
            return signs | _of_following(leading.following)
        case "traffic":
            share = float(np.clip(traffic.share, 0, 2))
            rest = float(np.clip(traffic.rest_z, -5, 8))
            return signs | {"share": share, "rest": rest, "rise": float(np.log(np.clip(traffic.z, 1, 60)))}
        case _:
            stuck = friction[0].following if friction else None
            signs |= {"stuck": _gain(stuck) if stuck else 0.0, "some": float(stuck is not None)}
            return signs | ({} if stuck is None else {"left": _left(stuck), "misfit": _misfit(stuck)})


def _of_following(following: Following) -> dict[str, float]:
    shape = following.shape
    ahead = shape.gain - shape.free
    return {
        "gain": _gain(following),
        "drawn": float(np.log(np.clip(shape.gain / max(shape.free, 1e-9), 0.05, 2.0))),
        "ahead": float(np.clip(np.sign(ahead) * np.sqrt(abs(ahead)), -8, 5)),
        "misfit": _misfit(following),
        "left": _left(following),
        "lead": float(np.clip(following.lead_min / 60, -1, 4)),
        "waiting": float(np.clip((following.lead_min - following.lag_min) / 60, 0, 4)),
        "lag": float(np.log(np.clip(following.lag_min, 3, 240))),
        "share": float(np.clip(following.share, 0, 1.5)),
    }


def _gain(following: Following) -> float:
    return float(np.log1p(np.clip(following.gain, 0, 1e4)))


def _misfit(following: Following) -> float:
    return float(np.log(np.clip(following.shape.misfit, 0.1, 30)))


def _left(following: Following) -> float:
    return float(np.log(np.clip(following.shape.left, 0.005, 1)))
