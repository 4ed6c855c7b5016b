"""What a supervisor and its workers say to each other: one JSON object a line."""

from __future__ import annotations

import msgspec

from synthetic.result import Result
from synthetic.target import Target


class SetUp(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The first line that a worker reads."""

    paths: list[str]
    target: Target
    chromium: str = ""
    log_level: str = "INFO"


class Request(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Every further line: a journey to run, or with no name to have the browser ready."""

    run: str = ""
    trace: bool = False


class Listed(msgspec.Struct, kw_only=True):
    """A journey as a scheduler sees it."""

    name: str
    every_ms: int
    timeout_ms: int
    retries: int
    place: str
    locations: list[str]
    tags: dict[str, str]


class Answer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line that a worker writes: one of these."""

    listed: list[Listed] = []
    problems: list[str] = []
    browser: str = ""
    restarts: dict[str, int] = {}
    step: str = ""
    result: Result | None = None
