"""Byte layout of one queued line: a payload, a tab, a checksum, and what the queue itself keeps of the payload.

    {"type":"beacon",…}<TAB>5f3a9c01 1764570000000 6 00-<trace>-<span>-01

JSON holds no raw tab, so the last one ends the payload. Lines without one come from earlier versions and from people
who corrected a quarantined line by hand; they are read as they are, and bear no checksum.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

_TRACED = b'{"type":"beacon","trace":"'
"""How a traced line of an earlier version starts; the trace of 55 characters and `",` follow."""


class Note(NamedTuple):
    """What is known of a beacon without reading its payload."""

    occurred_ms: int = 0
    """Time of its first event by a corrected clock, ms since 1970 UTC; 0: not known."""
    events: int = 0
    trace: str = ""
    """W3C traceparent of the beacon's way so far; "" where it is not sampled."""


class Line(NamedTuple):
    """One line, read."""

    payload: bytes
    note: Note = Note()
    verified: bool = False
    """Whether it bears a checksum."""


class Damaged(ValueError):
    """A line whose bytes are not those that were queued."""


def write(payload: bytes, note: Note = Note()) -> bytes:  # noqa: B008 (immutable)
    """Return the line of a payload, which may end with its newline. `read` gives both back.

    >>> write(b"{}")
    b'{}\\te661267f 0 0\\n'
    """
    payload = payload.removesuffix(b"\n")
    text = f" {note.occurred_ms} {note.events} {note.trace}".rstrip().encode("ascii", "replace")
    return b"%b\t%08x%b\n" % (payload, zlib.crc32(text, zlib.crc32(payload)), text)


def read(line: bytes) -> Line:
    """Return what a line, without its newline, holds. Raises Damaged."""
    payload, tab, trailer = line.rpartition(b"\t")
    if not tab:
        return _untraced(line)
    checksum, text = trailer[:8], trailer[8:]
    try:
        if int(checksum, 16) != zlib.crc32(text, zlib.crc32(payload)):
            raise Damaged("its checksum does not match")
        words = text.decode("ascii").split(" ")[1:]
        return Line(payload, Note(int(words[0]), int(words[1]), "".join(words[2:3])), verified=True)
    except (ValueError, IndexError) as error:
        raise Damaged(f"its checksum cannot be read ({type(error).__name__})") from None


def payload_of(line: bytes) -> bytes:
    """Return a line's payload without checking it."""
    return line.rpartition(b"\t")[0] or line


def _untraced(line: bytes) -> Line:
    if not line.startswith(_TRACED):
        return Line(line)
    end = len(_TRACED) + 55
    trace = line[len(_TRACED) : end].decode("latin-1")
    return Line(b'{"type":"beacon",' + line[end + 2 :], Note(trace=trace))
