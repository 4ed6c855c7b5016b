"""The digits that an authenticator app shows."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct

PERIOD_S = 30


def totp(seed: str, now: float, digits: int = 6) -> str:
    """The code of RFC 6238 (HMAC-SHA-1, 30 s) for a base32 `seed` at `now`, seconds since 1970. Raises ValueError.

    >>> totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59, digits=8)
    '94287082'
    """
    plain = seed.replace(" ", "").upper().rstrip("=")
    try:
        key = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        raise ValueError("a seed for TOTP is not base32; right would be letters and the digits 2 to 7") from None
    mac = hmac.new(key, struct.pack(">Q", int(now) // PERIOD_S), hashlib.sha1).digest()
    at = mac[-1] & 15
    number = struct.unpack(">I", mac[at : at + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)
