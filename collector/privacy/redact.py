"""Takes personal data out of free text. No I/O, and linear in the text's length, whatever it holds.

Rules, no model: the same text always gives the same answer, nothing is downloaded, and a rule can be read. What has a
checksum or a shape of its own goes; a name goes only where the words around it say that it is one. docs/privacy.md lists
what cannot be found.
"""

from __future__ import annotations

import re
import unicodedata

from collector.privacy import identifiers, words

VERSION = 2
"""Stands beside every redacted text, so that texts of older rules can be found and redacted again."""

MOST_PASSES = 6
"""What one rule leaves may stand beside something else and match another; nothing seen needs more than three."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Characters without width, with which a number can be split and still be read as one."""

_SIGN = re.compile(r"[@\d?]|://|-----BEGIN|[(\[{]at[)\]}]|[A-Fa-f]{1,4}[:-][A-Fa-f]{0,4}[:-]")
"""What nearly everything that identifies a person holds."""


def redact(text: str) -> str:
    """Return `text` with a key in place of what identifies a person, so that texts can still be counted.

    The keys: [email], [phone], [card], [iban], [id] (national ids, tax numbers, passports), [ip], [token] (passwords,
    keys, device addresses), [name], [birthday], [address], [location], ?[query]. Order and ticket numbers, dates,
    versions, hashes and UUIDs stay. Letters and digits of full width and of other scripts become plain ones (NFKC).
    Redacting twice changes nothing.

    >>> redact("I am ann@example.org, +49 (0)151 2345-678, card 4111 1111 1111 1111, order 4711-2026-118845")
    'I am [email], [phone], card [card], order 4711-2026-118845'
    >>> redact("https://ann:pw@shop.test/reset?token=abc from 192.0.2.7")
    'https://shop.test/reset?[query] from [ip]'
    """
    if not text.isascii():
        text = _plain(text)
    for _ in range(MOST_PASSES):
        found = words.redact(text)
        if _SIGN.search(found):
            found = identifiers.redact(found)
        if found == text:
            break
        text = found
    return text


def _plain(text: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
