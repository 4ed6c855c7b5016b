"""Source maps: from a line and column of a minified script to where somebody wrote it.

The format is ECMA-426 (revision 3): `mappings` holds, for each line of the script, its segments separated by commas; each
is a row of numbers in base 64 with a continuation bit, every one relative to the one before of its sort.
The packages for Python that read it have not been kept for years, hence the forty lines below.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

MAX_BYTES = 64 * 2**20
"""The maps of large applications are 20 MB with their sources; what is larger is not a map of one script."""

_DIGITS = {c: i for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}
_FRAME = re.compile(r"(?P<file>[^?#]*?):(?P<line>\d{1,9}):(?P<column>\d{1,9})")


class BadSourceMap(ValueError):
    """What should be a source map is none; says what is wrong with it."""


class Place(NamedTuple):
    """Where something was written; the line counts from 1. `name` is what it was called there, or empty."""

    source: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" + (f" ({self.name})" if self.name else "")


class Frame(NamedTuple):
    """A place in a script as browsers tell it: line and column count from 1."""

    file: str
    line: int
    column: int


def frame(place: str) -> Frame | None:
    """Read `host/path.js:line:column`; None where it is no such thing.

    >>> frame("shop.example/app.js:1:2345")
    Frame(file='shop.example/app.js', line=1, column=2345)
    """
    found = _FRAME.fullmatch(place)
    return Frame(found["file"], int(found["line"]), int(found["column"])) if found else None


def best_match(file: str, known: Iterable[str]) -> str:
    """Which of the known paths means this script: the longest that it ends with, else the only one of its name, else "".

    >>> best_match("shop.example/assets/app.js", ["app.js", "assets/app.js", "admin/app.js"])
    'assets/app.js'
    """
    paths = list(known)
    ends = [path for path in paths if f"/{file}".endswith(f"/{path.lstrip('/')}")]
    named = [path for path in paths if path.rsplit("/", 1)[-1] == file.rsplit("/", 1)[-1]]
    return max(ends, key=len) if ends else named[0] if len(named) == 1 else ""


class SourceMap:
    """One map, read. Raises BadSourceMap."""

    def __init__(self, content: bytes | str) -> None:
        if len(content) > MAX_BYTES:
            raise BadSourceMap(f"it has {len(content)} bytes, more than {MAX_BYTES}")
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        if text.lstrip("\ufeff").startswith(")]}'"):
            text = text.partition("\n")[2]  # the line that keeps a page from running it as a script
        try:
            read = json.loads(text.lstrip("\ufeff"))
        except ValueError as error:
            raise BadSourceMap(f"it is not JSON: {error}") from None
        if not isinstance(read, dict) or read.get("version") != 3:
            raise BadSourceMap('it has no "version": 3')
        self._parts = (
            [
                (_offset(part, i), _part(part["map"], i))
                for i, part in enumerate(read["sections"])
                if not isinstance(part, dict) or part.get("map") is not None or "offset" not in part
            ]
            if isinstance(read.get("sections"), list)
            else [((0, 0), _part(read, None))]
        )
        self._read = read
        self.file = read["file"] if isinstance(read.get("file"), str) else ""
        self.debug_id = str(read.get("debugId") or read.get("debug_id") or "")
        """What names the same build in the script, where a tool has written it into both."""

    def without_text(self) -> str:
        """The map as JSON without the sources' text: what says where, and nothing of what is written there."""
        cleaned = {key: value for key, value in self._read.items() if key != "sourcesContent"}
        if "sections" in cleaned:
            cleaned["sections"] = [
                {**part, "map": {k: v for k, v in part["map"].items() if k != "sourcesContent"}}
                for part in cleaned["sections"]
                if part.get("map") is not None
            ]
        return json.dumps(cleaned, separators=(",", ":"), ensure_ascii=False)

    def place(self, line: int, column: int) -> Place | None:
        """Where line and column of the script (both from 1) were written; None where the map says nothing of it."""
        row = self._segments.get(line - 1, [])
        found = bisect_right(row, column - 1, key=lambda segment: segment[0]) - 1
        return row[found][1] if found >= 0 else None

    @cached_property
    def _segments(self) -> dict[int, list[tuple[int, Place | None]]]:
        """For each line of the script: where a segment begins, and where that was written."""
        lines: dict[int, list[tuple[int, Place | None]]] = {}
        for (first_line, first_column), part in self._parts:
            for line, column, place in _decoded(part):
                shifted = column + (first_column if line == 0 else 0)
                lines.setdefault(first_line + line, []).append((shifted, place))
        for row in lines.values():
            row.sort(key=lambda segment: segment[0])
        return lines


def _offset(part: Any, index: int) -> tuple[int, int]:
    at = part.get("offset") if isinstance(part, dict) else None
    if not isinstance(at, dict) or not all(isinstance(at.get(key), int) for key in ("line", "column")):
        raise BadSourceMap(f"sections[{index}] has no offset of line and column")
    return at["line"], at["column"]


def _part(part: Any, index: int | None) -> dict[str, Any]:
    where = "it" if index is None else f"sections[{index}].map"
    if not isinstance(part, dict) or not isinstance(part.get("mappings"), str):
        raise BadSourceMap(f'{where} has no "mappings"')
    for key in ("sources", "names"):
        if not isinstance(part.get(key) or [], list):
            raise BadSourceMap(f'"{key}" of {where} is not a list')
    for _ in _decoded(part):
        pass
    return part


def _decoded(part: dict[str, Any]) -> Iterator[tuple[int, int, Place | None]]:
    """Line and column of each segment, from 0, and where it was written."""
    sources, names = part.get("sources") or [], part.get("names") or []
    root = part.get("sourceRoot") or ""
    source = source_line = name = 0
    for line, row in enumerate(part["mappings"].split(";")):
        column = 0
        for text in filter(None, row.split(",")):
            step = _numbers(text)
            column += step[0]
            if len(step) == 1:
                yield line, column, None
                continue
            source, source_line = source + step[1], source_line + step[2]
            name += step[4] if len(step) == 5 else 0
            # as browsers do: what points to nothing says nothing
            called = names[name] if len(step) == 5 and 0 <= name < len(names) else None
            known = 0 <= source < len(sources)
            yield (
                line,
                column,
                Place(_path(root, sources[source]), source_line + 1, str(called or "")) if known else None,
            )


def _path(root: str, source: Any) -> str:
    """A source's path as people say it: without the tool's scheme and without the way up to the project."""
    joined = f"{root.rstrip('/')}/{source}" if root and source else str(source or "?")
    return re.sub(r"^(?:[a-z-]+://+)?(?:[^/]*/)?(?:\.{1,2}/)+|^[a-z-]+://+", "", joined) or joined


def _numbers(text: str) -> Sequence[int]:
    """One segment's 1, 4 or 5 numbers.

    >>> _numbers("gB")
    [16]
    """
    found, value, shift = [], 0, 0
    for character in text:
        digit = _DIGITS.get(character, -1)
        if digit < 0 or shift > 30:
            raise BadSourceMap(f'"mappings" holds {text[:20]!r}, which is not a number in base 64')
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            found.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(found) not in (1, 4, 5):
        raise BadSourceMap(f'"mappings" holds {text[:20]!r}, which is not 1, 4 or 5 numbers')
    return found
