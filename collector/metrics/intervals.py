"""Intervals of the numbers that people are shown."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

Z95 = 1.959964
"""97.5 % point of the standard normal distribution."""


class Interval(NamedTuple):
    """Lower and upper end."""

    low: float
    high: float


def wilson(hits: int, n: int) -> Interval:
    """95 % interval of a share, `hits` of `n`. Wilson's score interval (Wilson 1927): right for few and for none.

    Raises ValueError unless 0 <= hits <= n and n > 0.

    >>> wilson(0, 30)
    Interval(low=0.0, high=0.11351339476145204)
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is not a share")
    p = hits / n
    middle = p + Z95**2 / (2 * n)
    spread = Z95 * sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
    scale = 1 + Z95**2 / n
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))
