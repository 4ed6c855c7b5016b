"""The numbers of the friction score, as the queries take them; their values are in metrics/score.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Scoring(NamedTuple):
    """How moments of friction are weighed and added up."""

    version: int
    severities: Mapping[str, int]
    """Kind → 0 to 4; 0 counts for nothing."""
    weights: tuple[float, ...]
    """Of the severities 1 to 4."""
    of_a_kind: int
    """Moments of one kind that count, per visit and page."""
    full_load: float
    """The load from which a visit has the full score."""
    struggled: int
    """The severity from which a moment counts for the friction rate."""
    moment_ms: int
    """Events on one element no further apart than this are one moment."""

    def moments(self) -> dict[str, Any]:
        """Return the parameters of the query that weighs visits."""
        return {
            "version": self.version,
            "kinds": list(self.severities),
            "severities": list(self.severities.values()),
            "weights": list(self.weights),
            "of_a_kind": self.of_a_kind,
            "moment_ms": self.moment_ms,
            **self.loads(),
        }

    def loads(self) -> dict[str, Any]:
        """Return the parameters of the queries that turn loads into scores."""
        return {"full_load": self.full_load, "struggled": self.struggled}
