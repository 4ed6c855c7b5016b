"""What a number is counted from: a site, a time, and whose visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple


class Period(NamedTuple):
    """A site, a time, and whose visits count. Times carry a time zone."""

    app: str
    start: datetime
    end: datetime
    sources: Sequence[str] = ("rum",)

    def parameters(self) -> dict[str, Any]:
        """Return it as the queries take it."""
        return {"app": self.app, "start": self.start, "end": self.end, "sources": list(self.sources)}

    def days(self) -> tuple[date, date]:
        """Return the first of the days (UTC) that the time touches, and the day after the last."""
        last = self.end.astimezone(UTC) - timedelta(microseconds=1)
        return self.start.astimezone(UTC).date(), last.date() + timedelta(days=1)
