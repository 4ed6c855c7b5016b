"""Content encodings that ClickHouse clients use, both ways, within bounds."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple


def _module(*names: str) -> Any:
    """Return the first of these modules that is there; None where there is none."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


# Without its module an encoding is one that is not known: nothing else depends on it.
_zstd = _module("compression.zstd", "backports.zstd")  # the first one since Python 3.14
_lz4_frames = _module("lz4.frame")


class Compressor(NamedTuple):
    """`name` is the Content-Encoding, empty for none."""

    name: str
    compress: Callable[[bytes], bytes]
    flush: Callable[[], bytes]


PLAIN = Compressor("", lambda data: data, lambda: b"")


def compressor(accepted: str) -> Compressor:
    """For the first encoding of an Accept-Encoding header that is known."""
    for item in accepted.split(","):
        match item.split(";")[0].strip():
            case "gzip":
                gzip = zlib.compressobj(1, wbits=31)
                return Compressor("gzip", gzip.compress, gzip.flush)
            case "deflate":
                deflate = zlib.compressobj(1)
                return Compressor("deflate", deflate.compress, deflate.flush)
            case "zstd" if _zstd:
                packer = _zstd.ZstdCompressor()
                return Compressor("zstd", packer.compress, packer.flush)
            case "lz4" if _lz4_frames:
                return _lz4()
    return PLAIN


def decompressed(data: bytes, encoding: str, limit: int) -> bytes:
    """At most `limit` + 1 bytes of what `data` holds. Raises ValueError, zlib.error."""
    match encoding:
        case "" | "identity":
            return data
        case "gzip" | "deflate":
            return zlib.decompressobj(wbits=47).decompress(data, limit + 1)
        case "lz4" if _lz4_frames:
            try:
                unpacker = _lz4_frames.LZ4FrameDecompressor()
                return bytes(unpacker.decompress(data, limit + 1))
            except RuntimeError as error:
                raise ValueError(str(error)) from None
        case "zstd" if _zstd:
            try:
                return bytes(_zstd.ZstdDecompressor().decompress(data, limit + 1))
            except _zstd.ZstdError as error:
                raise ValueError(str(error)) from None
    raise ValueError(f"Content-Encoding {encoding} is not known; gzip, deflate, lz4 or zstd would be right")


def _lz4() -> Compressor:
    frame = _lz4_frames.LZ4FrameCompressor()
    head = [frame.begin()]

    def whole(data: bytes) -> bytes:
        return (head.pop() if head else b"") + data

    return Compressor("lz4", lambda data: whole(frame.compress(data)), lambda: whole(frame.flush()))
