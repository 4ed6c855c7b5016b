"""How the log is written: readable on a terminal, one JSON object a line in a container. Light: every command loads it.

What goes wrong is told by its type and place; the words of an exception may hold what a stranger sent, and stay out of JSON.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

LINES_A_MINUTE = 5
"""Log lines for one reason in a minute, where strangers or a broken disk decide how often there is something to say."""

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def set_up(level: str, wanted: str = "") -> None:
    """Write the log to stderr from `level` on, as `wanted` (text or json; "": by where it is read)."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if is_json(wanted) else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler])


def is_json(wanted: str, env: Mapping[str, str] = os.environ) -> bool:
    """Whether lines are JSON: as `wanted` says, else in Kubernetes, and not on a terminal. Our images set it."""
    if wanted:
        return wanted == "json"
    return "KUBERNETES_SERVICE_HOST" in env and not sys.stderr.isatty()


class Json(logging.Formatter):
    """One line: time in UTC, level, logger, message, trace and span where there are, type and place of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_trace(),
        }
        if record.exc_info and record.exc_info[0]:
            said["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            said["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(said, ensure_ascii=False)


class Limited:
    """Logs at most LINES_A_MINUTE lines per reason and minute; the last of them says that the rest is only counted."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._minute = 0
        self._lines: dict[str, int] = {}

    def __call__(self, level: int, reason: str, message: str, *args: object, trace: bool = False) -> None:
        """Log `message % args`, unless `reason` has had its lines; `trace`: with the exception that is handled."""
        minute = int(self._clock() // 60)
        if minute != self._minute:
            self._lines, self._minute = {}, minute
        lines = self._lines[reason] = self._lines.get(reason, 0) + 1
        if lines <= LINES_A_MINUTE:
            last = " (more of these are not logged this minute)" if lines == LINES_A_MINUTE else ""
            self._log.log(level, message + last, *args, exc_info=trace)


def _trace() -> dict[str, str]:
    """Of the span that the line is written in; OpenTelemetry is not loaded for it."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return {}
    found = trace.get_current_span().get_span_context()
    if not found.is_valid:
        return {}
    return {"trace_id": f"{found.trace_id:032x}", "span_id": f"{found.span_id:016x}"}
