"""Takes personal data out of free text. No I/O, and linear in the text's length, whatever it holds.

Patterns, no model: the same text always gives the same answer, nothing is downloaded, and a rule can be read. Names and
postal addresses have no pattern: that is why free text is off by default and only subjects are ever kept.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address

VERSION = 1
"""Stands beside every redacted text, so that texts of older rules can be found and redacted again."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Characters without width, with which a number can be parted and still be read as one."""

# Every pattern begins where a run begins (the lookbehind), so that a long run is tried once, not at each of its letters.
_URL = re.compile(r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,20}://)(?:[^\s/?#@]*@)?([^\s?#]*)([?#]\S*)?", re.I)
_QUERY = re.compile(r"\?[^\s?=&]{1,100}=\S*")
_LOCAL = r"\w.!#$%&'*+=^`{|}~-"
"""What may stand before the @ (RFC 5322), but for the slash."""
_EMAIL = re.compile(
    # With a slash before the @ only if a name of a host follows: `/npm/@scope/core` is a path.
    rf"""(?:(?<![/{_LOCAL}])[/{_LOCAL}]+@[\w-]+\.[\w.-]+"""
    rf"""|(?:(?<!["\w])"[^"\n]{{1,64}}"|(?<![{_LOCAL}])[{_LOCAL}]+)"""
    r"""(?:@|[ ]?(?:\(at\)|\[at\]|\{at\})[ ]?)(?:\[[^\]\s]{1,64}\]|[\w.-]+))""",
    re.I,
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Z0-9])", re.I)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-F:]{0,39}:[0-9A-F:.]{0,45}(?:%\w{1,16})?", re.I)
_MAC = re.compile(r"(?<![0-9A-F])[0-9A-F]{2}(?:[:-][0-9A-F]{2}){5,7}(?![0-9A-F])", re.I)
_TOKEN = re.compile(r"(?<![\w+/=.-])[\w+/=.-]{16,}")
_NUMBER = re.compile(r"(?<!\d)\d(?:[\s.\-\u2010-\u2015/()_*#|\\\u00b7\u2022]{0,3}\d){6,}+")


def redact(text: str) -> str:
    """`text` with [email], [ip], [iban], [card], [phone], [token] and ?[query] in the place of what they name.

    [phone] is every run of seven digits or more, however it is parted: birth dates and customer numbers too, and a
    date such as 2026-11-22. Letters and signs of full width become plain ones (NFKC). Redacting twice changes nothing.

    >>> redact("I am ann@example.org, +49 (0)151 2345-678, card 4111 1111 1111 1111, order 4711")
    'I am [email], +[phone], card [card], order 4711'
    >>> redact("https://ann:pw@shop.test/reset?token=abc from 192.0.2.7")
    'https://shop.test/reset?[query] from [ip]'
    """
    while True:  # what one rule leaves may stand beside something else and match another: until nothing changes
        found = _once(text)
        if found == text:
            return found
        text = found


def label(text: str) -> str:
    """A short name that a system gives, such as a queue or a tag: redacted where an address stands in it. Long numbers
    stay, they are ids there.

    >>> label("billing@shop.test"), label("360001234567")
    ('[email]', '360001234567')
    """
    return redact(text) if "@" in text else text


def _once(text: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _URL.sub(lambda m: m[1] + m[2] + ("?[query]" if m[3] else ""), text)
    text = _QUERY.sub("?[query]", text)
    text = _EMAIL.sub("[email]", text)
    text = _IBAN.sub(_iban, text)
    text = _MAC.sub("[token]", text)
    text = _IPV6.sub(_ipv6, text)  # first: it may end with one of version 4
    text = _IPV4.sub("[ip]", text)
    text = _TOKEN.sub(_token, text)
    return _NUMBER.sub(_number, text)


def _iban(match: re.Match[str]) -> str:
    """The longest part that ends with a group and whose check digits (ISO 7064, mod 97-10) are right."""
    text = match[0]
    ends = [i for i in range(len(text), 14, -1) if i == len(text) or text[i] in " -"]
    for end in ends:
        plain = re.sub("[ -]", "", text[:end]).upper()
        if int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1:
            return "[iban]" + text[end:]
    return text


def _ipv6(match: re.Match[str]) -> str:
    text = match[0]
    for tail in ("", ".", ":"):
        if text.endswith(tail) and text.count(":") > 1:
            try:
                ip_address(text.removesuffix(tail))
            except ValueError:
                continue
            return "[ip]" + tail
    return text


def _token(match: re.Match[str]) -> str:
    """Keys, ids and hashes mix letters and digits; a long word has no digits, and a path has short parts."""
    return re.sub(
        r"[\w+=-]{16,}(?:\.[\w+=-]{8,})*",
        lambda part: "[token]" if _is_secret(part[0]) else part[0],
        match[0],
    )


def _is_secret(text: str) -> bool:
    digits = sum(sign.isdigit() for sign in text)
    letters = sum(sign.isalpha() for sign in text)
    return len(text) >= 48 or (digits >= 2 and letters >= 2 and "__" not in text)


def _number(match: re.Match[str]) -> str:
    digits = [unicodedata.digit(sign) for sign in match[0] if sign.isdigit()]
    return "[card]" if 13 <= len(digits) <= 19 and _luhn(digits) else "[phone]"


def _luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(2 * digit, 10)) if i % 2 else digit for i, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
