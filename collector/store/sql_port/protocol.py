"""One statement of ClickHouse's HTTP protocol, run on the embedded engine. Blocking; no HTTP here.

What a request means (where the statement stands, what is a setting, what a parameter, which format the answer has)
follows the server's documentation of its HTTP interface, so that any ClickHouse client works.
"""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

NO_SETTING = frozenset(
    {
        "query",
        "database",
        "default_format",
        "session_id",
        "session_timeout",
        "session_check",
        "user",
        "password",
        "query_id",
        "quota_key",
        "compress",
        "decompress",
        "client_protocol_version",
        "wait_end_of_query",
        "buffer_size",
        "stacktrace",
        "role",
        "enable_http_compression",
        "send_progress_in_http_headers",
        "http_zlib_compression_level",
        "close_session",
        "http_headers_progress_interval_ms",
        "cancel_http_readonly_queries_on_client_close",
        "add_http_cors_header",
        "database_replicated_enforce_synchronous_settings",
    }
)
"""What stands in the URL beside the settings."""

STREAMED = frozenset(
    {
        "Native",
        "TabSeparated",
        "TSV",
        "CSV",
        "RowBinary",
        "JSONEachRow",
        "TabSeparatedWithNamesAndTypes",
        "TabSeparatedWithNames",
        "CSVWithNames",
        "RowBinaryWithNamesAndTypes",
        "JSONCompactEachRow",
    }
)
"""Formats whose answer is a sequence of blocks; others are whole documents."""

_INSERT = re.compile(rb"\s*(INSERT\s+INTO\b[^\0]*?)\s+FORMAT\s+(\w+)[ \t]*;?(?:\r?\n|\s*$|[ \t]+)", re.IGNORECASE)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*(?:SETTINGS\s[^;]*)?;?\s*\Z", re.IGNORECASE)
_LEAD = re.compile(r"(?:[\s(]+|--[^\n]*\n|/\*.*?\*/)*", re.DOTALL)
_CODE = re.compile(r"Code: (\d+)\.")

Handle = Any
"""An open chdb connection, used by one thread at a time."""


class EngineError(Exception):
    """The engine refused or failed; `text` begins with `Code: N. DB::Exception:` as a server's answer does."""

    def __init__(self, text: str) -> None:
        start = text.find("Code: ")
        text = text[start:] if start > 0 else text
        found = _CODE.match(text)
        self.code = int(found[1]) if found else 1002
        self.text = text if found else f"Code: 1002. DB::Exception: {text} (UNKNOWN_EXCEPTION)"
        super().__init__(self.text)


def failed(code: int, message: str, name: str) -> EngineError:
    """An error of our own in the engine's words."""
    return EngineError(f"Code: {code}. DB::Exception: {message}. ({name})")


class Asked(NamedTuple):
    """One request: the statement (with the data of an insert behind it), and the rest of the URL."""

    statement: bytes
    url: Mapping[str, str]

    @property
    def settings(self) -> dict[str, str]:
        """Settings for this statement alone."""
        return {
            key: value
            for key, value in self.url.items()
            if key not in NO_SETTING and not key.startswith("param_") and re.fullmatch(r"\w+", key)
        }

    @property
    def parameters(self) -> dict[str, str]:
        """Values of the statement's `{name:Type}`."""
        return {key[6:]: value for key, value in self.url.items() if key.startswith("param_")}


class Answer(NamedTuple):
    """What comes back; `chunks` must be used up (or closed) before the handle runs anything else."""

    format: str
    summary: dict[str, str]
    chunks: Iterator[bytes]


def ask(handle: Handle, asked: Asked) -> Answer:
    """Run it. Settings stay on the handle, as in a session. Raises EngineError, also while chunks are read."""
    try:
        if database := asked.url.get("database"):
            handle.query(f"USE `{database.replace('`', '')}`")
        if asked.settings:
            handle.query("SET " + ", ".join(f"{name} = {quoted(value)}" for name, value in asked.settings.items()))
        if (insert := _INSERT.match(asked.statement)) and insert[2].upper() != b"VALUES":
            return _insert(handle, insert, asked.statement)
        return _read(handle, asked)
    except EngineError:
        raise
    except Exception as error:  # the engine's binding raises RuntimeError, ValueError and its own
        raise EngineError(str(error)) from None


def quoted(value: str) -> str:
    """As a literal of the dialect."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def canonical(handle: Handle, statement: str) -> str:
    """The statement as the engine's parser writes it: without comments, on one line. Raises EngineError."""
    escaped = statement
    for raw, sign in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0")):
        escaped = escaped.replace(raw, sign)
    try:
        found = handle.query("SELECT formatQuerySingleLine({q:String})", "TSVRaw", params={"q": escaped})
    except Exception as error:
        raise EngineError(str(error).removesuffix(": In scope SELECT")) from None
    return str((found.bytes() or b"").decode("utf-8", "replace")).removesuffix("\n")


def _insert(handle: Handle, insert: re.Match[bytes], statement: bytes) -> Answer:
    began = time.monotonic_ns()
    stream = handle.send_insert(insert[1].decode(), insert[2].decode())
    data = memoryview(statement)[insert.end() :]
    for start in range(0, len(data), 1 << 20):
        stream.append(bytes(data[start : start + (1 << 20)]))
    done = stream.finish()
    return Answer(
        "",
        {
            "read_rows": "0",
            "read_bytes": "0",
            "written_rows": str(getattr(done, "rows_written", 0)),
            "written_bytes": str(getattr(done, "bytes_written", 0)),
            "elapsed_ns": str(time.monotonic_ns() - began),
        },
        iter(()),
    )


def _read(handle: Handle, asked: Asked) -> Answer:
    text = asked.statement.decode("utf-8", "replace")
    # Not text, such as a raw byte within a literal: it runs as it came.
    sent: str | bytes = text if "\ufffd" not in text else asked.statement
    named = _FORMAT.search(text)
    kind = named[1] if named else asked.url.get("default_format") or "TabSeparated"
    first = (_LEAD.sub("", text, count=1).split(None, 1) or [""])[0].upper()
    if "displayName()" in text and "revision()" in text and asked.url.get("client_protocol_version", "0") != "0":
        version, zone = handle.query("SELECT version(), timezone()", "TSVRaw").bytes().decode().strip().split("\t")
        return Answer("Native", {}, iter([native_hello(version, zone)]))
    if first in ("SELECT", "WITH", "FROM") and kind in STREAMED and asked.url.get("wait_end_of_query") != "1":
        return Answer(
            kind, {"read_rows": "0", "read_bytes": "0", "elapsed_ns": "0"}, _stream(handle, asked, sent, kind)
        )
    found = handle.query(sent, kind, params=asked.parameters)
    summary = {
        "read_rows": str(found.rows_read()),
        "read_bytes": str(found.bytes_read()),
        "elapsed_ns": str(int(found.elapsed() * 1e9)),
        "written_rows": str(found.rows_written()),
        "written_bytes": str(found.bytes_written()),
    }
    return Answer(kind, summary, iter([found.bytes() or b""]))


def _stream(handle: Handle, asked: Asked, text: str | bytes, kind: str) -> Iterator[bytes]:
    stream = None
    try:
        stream = handle.send_query(text, kind, params=asked.parameters)
        for chunk in stream:
            if block := chunk.bytes():
                yield block
    except GeneratorExit:
        if stream is not None:
            stream.cancel()
        raise
    except Exception as error:
        raise EngineError(str(error)) from None
    finally:
        if stream is not None:
            stream.close()


def native_hello(version: str, zone: str) -> bytes:
    """The first answer to clickhouse-go, which alone it reads in the protocol revision that it asked for.

    One block with one row; revision 0 tells it that all later blocks come as the embedded engine writes them.
    """

    def text(value: str) -> bytes:
        raw = value.encode()
        return bytes([len(raw)]) + raw

    columns = (
        ("displayName()", "String", text("snag")),
        ("version()", "String", text(version)),
        ("revision()", "UInt32", struct.pack("<I", 0)),
        ("timezone()", "String", text(zone)),
    )
    block = b"\x01\x00\x02\xff\xff\xff\xff\x00" + bytes([len(columns), 1])
    return block + b"".join(text(name) + text(kind) + b"\x00" + data for name, kind, data in columns)
