"""How many more contacts are to come: for whoever has to staff the next hours."""

from typing import NamedTuple

import numpy as np

from collector.correlate.types import Counts

HORIZON_HOURS = 4
"""A shift can be filled up so far ahead; further out the end of the incident decides, not the delay."""


class ToCome(NamedTuple):
    """Extra contacts in the next HORIZON_HOURS, beyond what is usual. 90 % interval."""

    contacts: float
    low: float
    high: float


def to_come(dose: Counts, weights: Counts, known: int, per_hour: int, effect: float, low: float, high: float) -> ToCome:
    """What a cause is still to bring once bins [0, known) of it have been seen.

    dose: shape (n,), per bin. weights: shape (k,), share of contacts that come so many bins later.
    effect, low, high: contacts per unit of dose, with their 90 % interval.
    Low: it ends now, and only who was hit already makes contact. High: it goes on as in the last hour.
    The middle is half way: nobody knows when it will be mended.
    """
    ahead = HORIZON_HOURS * per_hour
    seen = np.maximum(dose[:known], 0.0)
    ended = np.concatenate([seen, np.zeros(ahead)])
    lasting = np.concatenate([seen, np.full(ahead, seen[-per_hour:].mean() if len(seen) else 0.0)])
    late, more = (float(np.convolve(line, weights)[known : known + ahead].sum()) for line in (ended, lasting))
    return ToCome(effect * (late + more) / 2, max(0.0, low) * late, max(high, effect) * more)
