"""Which queued lines the store can take. No I/O."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from collector.events import Queued

_decoder = msgspec.json.Decoder(Queued)
_encoder = msgspec.json.Encoder()


def readable(lines: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The lines that are queued beacons of this version, written as it writes them; then the others, as they are."""
    good, bad = [], []
    for line in lines:
        try:
            good.append(_encoder.encode(_decoder.decode(line)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            bad.append(line)
    return good, bad
