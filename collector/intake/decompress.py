"""Decompresses request bodies within bounds: never makes more bytes than the limit, however few came in."""

from __future__ import annotations

import zlib

import brotli

WINDOW_BITS = {"gzip": 31, "deflate": 15}
"""What zlib needs to know for each Content-Encoding."""

ENCODINGS = ("identity", *WINDOW_BITS, "br")


class CannotDecompress(ValueError):
    """A body that is too large when decompressed, or not compressed as its Content-Encoding says."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        """`too_large` or `encoding`."""


def decompress(body: bytes, encoding: str, most: int) -> bytes:
    """Return the body without its Content-Encoding, at most `most` bytes. Raises CannotDecompress."""
    encoding = encoding.strip().lower() or "identity"
    if encoding == "identity":
        content, complete = body, True
    elif encoding in WINDOW_BITS:
        content, complete = _zlib(body, encoding, most)
    elif encoding == "br":
        content, complete = _brotli(body, most)
    else:
        known = ", ".join(ENCODINGS)
        raise CannotDecompress(
            "encoding", f"Content-Encoding: {encoding[:40]!a} is not supported; expected one of {known}"
        )
    if len(content) > most:
        raise CannotDecompress("too_large", f"body: over {most} bytes decompressed; expected at most {most}")
    if not complete:
        raise CannotDecompress("encoding", f"body: not complete {encoding} data; it ends too early")
    return content


def _zlib(body: bytes, encoding: str, most: int) -> tuple[bytes, bool]:
    """gzip allows several members one after the other (RFC 1952, 2.2), as `cat a.gz b.gz` makes them."""
    content = b""
    while True:
        member = zlib.decompressobj(WINDOW_BITS[encoding])
        try:
            content += member.decompress(body, most + 1 - len(content))
        except zlib.error as error:
            raise CannotDecompress("encoding", f"body: not valid {encoding} data ({error})") from None
        body = member.unused_data
        if not member.eof or not body or encoding != "gzip" or len(content) > most:
            return content, member.eof


def _brotli(body: bytes, most: int) -> tuple[bytes, bool]:
    decompressor = brotli.Decompressor()
    try:
        content = decompressor.process(body, output_buffer_limit=most + 1)
        while len(content) <= most and not decompressor.can_accept_more_data():
            content += decompressor.process(b"", output_buffer_limit=most + 1)
        return content, decompressor.is_finished()
    except brotli.error as error:
        raise CannotDecompress("encoding", f"body: not valid br data ({error})") from None
