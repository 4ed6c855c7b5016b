"""Personal data that its own shape or checksum gives away: addresses of people and machines, cards, accounts, ids, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from ipaddress import ip_address

PHONE_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "PL", "IN", "AU", "CH")
"""Countries (ISO 3166-1) whose national forms of telephone numbers are known; numbers with + are known of all."""

# Every pattern begins where a run begins (the lookbehind), so that a long run is tried once, not at each of its letters.
_URL = re.compile(r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,20}://)(?:[^\s/?#@]*@)?([^\s?#]*)([?#]\S*)?", re.I)
_QUERY = re.compile(r"\?(?!\[query\])[^\s?=&]{1,100}=\S*")
_LOCAL = r"\w.!#$%&'*+=^`{|}~-"
"""What may stand before the @ (RFC 5322), but for the slash."""
_EMAIL = re.compile(
    # With a slash before the @ only if a name of a host follows: `/npm/@scope/core` is a path.
    rf"""(?:(?<![/{_LOCAL}])[/{_LOCAL}]+@[\w-]+\.[\w.-]+"""
    rf"""|(?:(?<!["\w])"[^"\n]{{1,64}}"|(?<![{_LOCAL}])[{_LOCAL}]+)"""
    r"""(?:@|[ ]?(?:\(at\)|\[at\]|\{at\})[ ]?)(?:\[[^\]\s]{1,64}\]|[\w.-]+))"""
    r"""|(?<![\w.+-])[\w.+-]{1,64}%40[\w-]+(?:\.[\w-]+)+""",
    re.I,
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Z0-9])", re.I)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
_VERSION = re.compile(
    r"(?:\bv|version|release|build|firmware|driver|chrome|edge|safari|firefox|android|ios|windows|sdk)[\s:/#=v]{0,3}$",
    re.I,
)
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-F:]{0,39}:[0-9A-F:.]{0,45}(?:%\w{1,16})?", re.I)
_MAC = re.compile(
    r"(?<![0-9A-F:-])[0-9A-F]{2}([:-])[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}(?:(?:\1[0-9A-F]{2}){2})?(?![0-9A-F:-])", re.I
)
_LOCATION = re.compile(r"(?<![\d.])-?\d{1,3}\.\d{4,}°?\s?[NS]?,\s?-?\d{1,3}\.\d{4,}°?\s?[EW]?(?![\d.])")
_KEY = re.compile(
    r"(?<![\w-])(?:eyJ[\w-]{8,}(?:\.[\w-]*){1,4}"
    r"|(?:[a-z]{2,8}[_-])?(?:live|test|prod|secret)_[A-Za-z0-9]{12,}|(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}"
    r"|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|npm_\w{30,}|pypi-\w{16,}"
    r"|sk-(?:[a-z]+-)*[\w-]{20,}|(?:tok|sess|sid|auth|key|refresh|access)_[A-Za-z0-9]{12,}|whsec_[\w+/=]{16,}|SK[0-9a-f]{32})"
    r"|-----BEGIN [A-Z ]{0,30}KEY-----[\w+/=\s]*(?:-----END [A-Z ]{0,30}KEY-----)?"
    # Mixed case and digits in a long run without a separator: no word, hash or id of a system looks like that.
    r"|(?<![\w+/=.:-])(?=[\w+/=]*[A-Z])(?=[\w+/=]*[a-z])(?=(?:[A-Za-z_+/=]*\d){3})[A-Za-z0-9_+/]{24,}={0,2}(?![\w+/=.-])"
)
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w#/.,-])(?:\+|\(?\b00[ -]?(?=[1-9]))?\(?\d(?:[\s().\-/\u2010-\u2015\u00b7]{0,3}\d){5,14}(?![\w/-])"
)
_SAID_PHONE = re.compile(
    r"(?:tel(?:e(?:f|ph)on[eo]?)?|t[ée]l[ée]phone|tel[ée]fono|phone|mobile?|cell|handy|fax|whats\s?app|sms|viber|rufnummer"
    r"|call(?:\s+me)?(?:\s+back)?|ring\s+me|reach\s+me|text\s+me|dial|r[üu]ckruf|anrufen|appelez|llame|celular|m[óo]vil)"
    r"(?:[- ]?(?:no|nr|number|nummer|num)\b)?[\s.:=#]{0,3}(?:(?:is|at|on|under|unter|ist|est|es|au|al)[\s:]{1,2})?$",
    re.I,
)
_NUMBERED = re.compile(
    r"(?:order|bestell\w*|commande|pedido|ticket|case|incident|invoice|rechnung\w*|facture|factura|customer|kunde\w*|client|ref\w*|article"
    r"|artikel\w*|item|sku|product|serial|seriennummer|build|version|tracking|parcel|sendung\w*|ean|gtin|isbn|\bid|uid|timestamp)"
    r"(?:[- ]?(?:no|nr|number|nummer|num|id|code|n[º°])\b)?[\s.:=#(]{0,3}(?:is\s|was\s)?$",
    re.I,
)
"""Words that say that a number is one of something else."""
_NOT_PHONE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d+(?:\.\d+){1,2}"
    r"|\d{1,3}(?:[ ,.]000)+|(?:19|20)\d{2}[ -/](?:19|20)\d{2}"
)
_PHONE_SHAPE = re.compile(
    r"[+(0]|\d{3}([-. ])\d{3}\1\d{4}$|[6-9]\d{2}[ .]\d{2,3}[ .]\d{2,3}(?:[ .]\d{2,3})?$|1[-. ]\d{3}[-. ]\d{3}[-. ]\d{4}$"
)
_SEPARATED = re.compile(r"\D")


_IDS = (
    (r"\d{3}-\d{2}-\d{4}", "us.ssn"),
    (r"\d{3} \d{3} \d{4}", "gb.nhs"),
    (r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", "fr.nir"),
    (r"\d{8}-?[A-Z]", "es.dni"),
    (r"[XYZ]-?\d{7}-?[A-Z]", "es.nie"),
    (r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", "it.codicefiscale"),
    (r"\d{2} \d{3} \d{3} \d{3}", "de.idnr"),
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", "br.cpf"),
    (r"756\.\d{4}\.\d{4}\.\d{2}|756\d{10}", "ch.ssn"),
    (r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", "be.nn"),
    (r"\d{6}[-+]\d{4}|(?:19|20)\d{6}-\d{4}", "se.personnummer"),
    (r"\d{6}-\d{4}", "dk.cpr"),
    (r"\d{6}[-+A]\d{3}[0-9A-Y]", "fi.hetu"),
    (r"\d{6} \d{5}", "no.fodselsnummer"),
    (r"\d{4} \d{4} \d{4}", "in_.aadhaar"),
    (r"[A-Z]{5}\d{4}[A-Z]", "in_.pan"),
    (r"\d{3} \d{3} \d{3}|\d{3}-\d{3}-\d{3}", "ca.sin"),
    (r"\d{17}[\dX]", "cn.ric"),
    (r"(?:A|B|C|D|E|F|H|I|L|M|N|P|R|S)[A-Z][A-Z0-9]{8,12}", "eu.vat"),
)
"""Ids of countries: their shape, and the checksum of python-stdnum that a hit must pass."""
_SHAPES = [(re.compile(rf"(?<![\w.-])(?:{shape})(?![\w-])"), module) for shape, module in _IDS]

_NINO = re.compile(
    r"(?<![\w-])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\w-])"
)


def redact(text: str) -> str:
    """Return `text` without what has a shape of its own.

    >>> redact("anna%40shop.test from 2001:db8::7, version 2.4.1.7, AB 12 34 56 C")
    '[email] from [ip], version 2.4.1.7, [id]'
    """
    text = _URL.sub(lambda m: m[1] + m[2] + ("?[query]" if m[3] else ""), text)
    text = _QUERY.sub("?[query]", text)
    text = _KEY.sub("[token]", text)
    text = _EMAIL.sub("[email]", text)
    text = _MAC.sub("[token]", text)
    text = _IPV6.sub(_ipv6, text)  # before version 4: it may end with one
    if not any(sign.isdigit() for sign in text):
        return text
    text = _IBAN.sub(_iban, text)
    text = _IPV4.sub(_ipv4, text)
    text = _LOCATION.sub("[location]", text)
    text = _CARD.sub(_card, text)
    for shape, module in _SHAPES:
        text = shape.sub(_checked(module), text)
    text = _NINO.sub("[id]", text)
    return _PHONE.sub(_phone, text)


def _iban(match: re.Match[str]) -> str:
    """The longest part that ends with a group and whose length and check digits are right."""
    valid = _validator("iban")
    text = match[0]
    for end in (i for i in range(len(text), 14, -1) if i == len(text) or text[i] in " -"):
        if valid(text[:end]):
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


def _ipv4(match: re.Match[str]) -> str:
    """A version has four small numbers or says what it is the version of."""
    parts = [int(part) for part in match[0].split(".")]
    if max(parts) > 255 or _VERSION.search(match.string[max(0, match.start() - 20) : match.start()]):
        return match[0]
    return "[ip]" if max(parts) > 31 or parts[0] in (10, 127) else match[0]


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return "[card]" if _issued(digits) and _luhn(digits) else match[0]


def _issued(digits: str) -> bool:
    """Whether a network issues cards of this beginning and length (ISO/IEC 7812)."""
    n, two, four = len(digits), int(digits[:2]), int(digits[:4])
    return (
        (digits[0] == "4" and n in (16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and n == 16)
        or (two in (34, 37) and n == 15)
        or ((two in (36, 38, 39) or 3000 <= four <= 3059) and n == 14)
        or ((two in (35, 60, 64, 65) or two == 62) and 16 <= n <= 19)
        or (four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763) and n >= 14)
    )


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(2 * int(digit), 10)) if i % 2 else int(digit) for i, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


@cache
def _checked(module: str) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        return "[id]" if _validator(module)(match[0]) else match[0]

    return replaced


@cache
def _validator(module: str) -> Callable[[str], bool]:
    valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return valid


def _phone(match: re.Match[str]) -> str:
    """A number with +, one that is said to be a telephone number, or one that is written and valid as one of a country."""
    text = match[0]
    digits = _SEPARATED.sub("", text)
    if text.startswith("+"):
        return "[phone]" if len(digits) >= 8 else text
    before = match.string[max(0, match.start() - 40) : match.start()]
    if _NOT_PHONE.fullmatch(text) or _NUMBERED.search(before):
        return text
    if len(digits) >= 6 and _SAID_PHONE.search(before):
        return "[phone]"
    return "[phone]" if len(digits) >= 8 and _PHONE_SHAPE.match(text) and _valid_phone(digits) else text


def _valid_phone(digits: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    abroad = digits.startswith("00")
    for region in PHONE_REGIONS if not abroad else (None,):
        try:
            number = parse(f"+{digits[2:]}" if abroad else digits, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return True
    return False
