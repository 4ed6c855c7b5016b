"""Packed bodies, unpacked within bounds: never more than the bound is made, however little came in."""

from __future__ import annotations

import zlib

import brotli

from collector.intake.decode import MAX_BYTES, BadBeacon, too_large

MAX_WIRE_BYTES = 64 * 1024
"""sendBeacon refuses bodies over 64 KiB (Fetch standard, keepalive quota), so nothing honest is larger."""

_WINDOW_BITS = {"gzip": 31, "deflate": 15}
"""What zlib needs to know for each Content-Encoding."""

ENCODINGS = ("identity", *_WINDOW_BITS, "br")


def unpack(body: bytes, encoding: str, most: int = MAX_BYTES) -> bytes:
    """The body as it was before it was packed, at most `most` bytes. Raises BadBeacon."""
    encoding = encoding.strip().lower() or "identity"
    if encoding == "identity":
        return body
    if encoding in _WINDOW_BITS:
        return _bounded(*_zlib(body, encoding, most), encoding, most)
    if encoding == "br":
        return _bounded(*_brotli(body, most), encoding, most)
    known = ", ".join(ENCODINGS)
    raise BadBeacon("encoding", f"Content-Encoding is {encoding[:40]!a}, which is not taken; known: {known}")


def _zlib(body: bytes, encoding: str, most: int) -> tuple[bytes, bool]:
    unpacker = zlib.decompressobj(_WINDOW_BITS[encoding])
    try:
        return unpacker.decompress(body, most + 1), unpacker.eof
    except zlib.error as error:
        raise BadBeacon("encoding", f"the body is not {encoding}: {error}") from None


def _brotli(body: bytes, most: int) -> tuple[bytes, bool]:
    unpacker = brotli.Decompressor()
    try:
        found = unpacker.process(body, output_buffer_limit=most + 1)
        while len(found) <= most and not unpacker.can_accept_more_data():
            found += unpacker.process(b"", output_buffer_limit=most + 1)
        return found, unpacker.is_finished()
    except brotli.error as error:
        raise BadBeacon("encoding", f"the body is not br: {error}") from None


def _bounded(found: bytes, whole: bool, encoding: str, most: int) -> bytes:
    if len(found) > most:
        raise BadBeacon("too_large", too_large(f"over {most}"))
    if not whole:
        raise BadBeacon("encoding", f"the body is not {encoding}: it ends too early")
    return found
