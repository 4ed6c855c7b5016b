"""Fingerprints of friction points as people and commands write them."""

from __future__ import annotations

import re


def format_fingerprint(fingerprint: int) -> str:
    """Return 16 hexadecimal digits, as the column `friction_point` of the views has them.

    >>> format_fingerprint(255)
    '00000000000000ff'
    """
    return f"{fingerprint:016x}"


def parse_fingerprint(text: str) -> int:
    """Return the fingerprint that `text` writes. Raises ValueError.

    >>> parse_fingerprint("00000000000000FF")
    255
    """
    if not re.fullmatch(r"[0-9a-fA-F]{16}", text):
        raise ValueError(
            f"{text[:80]!r} is not a fingerprint; expected 16 hexadecimal digits, as `snag friction top` shows them"
        )
    return int(text, 16)
