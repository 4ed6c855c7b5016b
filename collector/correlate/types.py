"""What goes into the correlation room and what comes out. Values only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""Numbers per bin of the grid; NaN where there is no data."""

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

Cause = Literal["friction", "infrastructure", "traffic", "event"]
Verdict = Literal["friction", "infrastructure", "traffic", "event", "unexplained"]
State = Literal["holds", "ruled_out", "not_checked"]
OpeningHours = Mapping[str, Iterable[tuple[int, str, str]]]
Annotation = Mapping[str, Any]
Watermark = float | Mapping[str, float] | None
Series = Sequence[float] | NDArray[Any]


MOST_P = 0.1
"""What other days match as well more often than this is a coincidence until more is known."""


class NotEnoughData(ValueError):
    """There is too little to say anything at all; says what was met and what would be enough."""


class Key(TypedDict):
    """One kind of friction on one page, and how well the surge follows it.

    Lags in seconds; `attributed` in contacts with a 90 % interval; `onset` is when that
    friction rose (epoch s). What could not be worked out is None.
    """

    key: str
    p: float | None
    q: float | None
    lag_s: float | None
    lag_low_s: float | None
    lag_high_s: float | None
    attributed: float | None
    attributed_low: float | None
    attributed_high: float | None
    onset: int | None


class Rival(TypedDict):
    """One possible cause, whether it holds, and the plain sentence that says why."""

    cause: Cause
    state: State
    explained: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """A stretch of time with more contacts than usual, and what they follow.

    Times are epoch seconds, [start, end). Contacts are counts; intervals hold 90 %.
    "Follows" is all that is claimed: never that one thing caused the other.
    detected_at: when a look at what was known then would first have shown it. to_come: extra contacts still
    to be expected in the four hours after the last report, of a surge that follows friction or infrastructure
    and has not ended. confidence: share of verdicts with such signs that are right. p of a surge that
    does not follow friction is that of the best match there is. posterior: probability of each possible cause.
    stated: the confidence before `reliability`, which reviews of verdicts are held against.
    false_a_month: surges as clear as this one that the site's noise is expected to show in a month. assumed: what
    was read from the data because no setting says it.
    """

    start: int
    end: int
    detected_at: int
    observed: float
    expected: float
    extra: float
    extra_low: float
    extra_high: float
    ratio: float | None
    z: float
    channels: dict[str, float]
    topics: dict[str, float]
    verdict: Verdict
    keys: list[Key]
    p: float | None
    q: float | None
    lag_s: float | None
    lag_low_s: float | None
    lag_high_s: float | None
    attributed: float | None
    attributed_low: float | None
    attributed_high: float | None
    to_come: float | None = None
    to_come_low: float | None = None
    to_come_high: float | None = None
    confidence: float | None
    rivals: list[Rival]
    event: str | None
    insufficient: str | None
    algorithm: str
    posterior: dict[Verdict, float] = field(default_factory=dict)
    stated: float | None = None
    false_a_month: float | None = None
    assumed: list[str] = field(default_factory=list)


LEAST_TO_CLAIM = 0.5
"""Below this probability nothing is claimed: the headline is that it cannot be said."""


def is_claimed(surge: Surge) -> bool:
    """Whether the verdict is sure enough to be said as one; below LEAST_TO_CLAIM it is "cannot say"."""
    return surge.confidence is None or surge.confidence >= LEAST_TO_CLAIM


def as_dict(surge: Surge) -> dict[str, Any]:
    """The surge as JSON can carry it: plain numbers, and None where there is no number."""
    plain: dict[str, Any] = _plain(asdict(surge))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
