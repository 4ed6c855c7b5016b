"""Takes one person's lines out of the files of the queue and of the quarantine. Each file is written anew and synced
before it takes the old one's place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from collector.spool.line import payload_of


class Traces(NamedTuple):
    """What a person may be recognised by in a queued or refused line."""

    ids: frozenset[str]
    """The requester's id as it was given; only whole values count, for it may be as short as 7."""
    keys: frozenset[str]
    """Keys in hexadecimal."""
    sessions: tuple[str, ...]
    """Codes of visits, or their whole ids: whatever begins with one."""
    contacts: frozenset[str]
    """Ids of the person's contacts."""


def sift(file: Path, traces: Traces) -> int:
    """Take the lines with any trace out of `file`; returns how many. A file that is empty then is removed."""
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:  # shipped meanwhile
        return 0
    kept = [line for line in lines if not (line and names(line, traces))]
    if len(kept) == len(lines):
        return 0
    if not any(kept):
        file.unlink(missing_ok=True)
        return len(lines) - len(kept)
    beside = file.with_name(f".{file.name}.sifted")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as out:
        out.write(b"\n".join(kept))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    return len(lines) - len(kept)


def names(line: bytes, traces: Traces) -> bool:
    """Whether a line is about the person. What is no JSON, such as half of one, is searched as text."""
    text = payload_of(line).decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        low = text.lower()
        long = [one.lower() for one in (*traces.ids, *traces.contacts) if len(one) >= 5]
        return any(one in low for one in (*traces.keys, *traces.sessions, *long))
    return any(_is_trace(key, value, traces) for key, value in _values(found))


def _is_trace(key: str, value: Any, traces: Traces) -> bool:
    text = str(value).strip()
    low = text.lower()
    if key == "source_contact_id":
        return text in traces.contacts
    return (
        low in traces.keys
        or text.casefold() in traces.ids
        or (key in ("session_id", "session_ref") and low.startswith(traces.sessions) and bool(traces.sessions))
    )


def _values(found: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value at any depth, with the name that it stands under; a text that is JSON itself is looked into too."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from _values(value, name)
    elif isinstance(found, list):
        for value in found:
            yield from _values(value, key)
    else:
        yield key, found
        if isinstance(found, str) and found[:1] in ("{", "["):
            try:
                inner = json.loads(found)
            except ValueError:
                return
            yield from _values(inner, key)


def files(folders: Sequence[Path]) -> list[Path]:
    """Every file with lines in these folders, half-written ones of sifting left out."""
    return [
        file
        for folder in folders
        for file in sorted(folder.glob("*"))
        if file.is_file() and file.name != "lock" and not file.name.startswith(".")
    ]
