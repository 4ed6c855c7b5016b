"""Whether a delivery comes from whom it says: each vendor's signature, as the vendor makes it, over the bytes as they came.

Compared in constant time, against each of the secrets that are live (two while one is being replaced). Where a time is
signed, it must be within WINDOW_S of ours. No I/O.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

WINDOW_S = 300
"""Standard Webhooks and HubSpot: five minutes either way."""


class BadSignature(Exception):
    """A delivery that is not believed: a word to count by, and what would be right."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Signed(NamedTuple):
    """A delivery as it came."""

    method: str
    url: str
    """As the sender called it, which behind a proxy is not as it came here."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


Scheme = Callable[[Signed, Sequence[str], float], str]
"""Delivery, live secrets, now in seconds; returns the delivery's id ("" where it has none) or raises BadSignature."""


def standard(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature; HMAC-SHA256 of `id.timestamp.body`."""
    delivery = _header(signed, "webhook-id")
    stamp = _header(signed, "webhook-timestamp")
    given = _header(signed, "webhook-signature").split(" ")
    _fresh(_number(stamp, "webhook-timestamp"), now_s)
    content = f"{delivery}.{stamp}.".encode() + signed.body
    wanted = [_sha256(_whsec(secret), content) for secret in secrets]
    _one_of([one.removeprefix("v1,") for one in given if one.startswith("v1,")], wanted)
    return delivery


def zendesk(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """Base64 of HMAC-SHA256 over timestamp and body; the timestamp is an ISO time."""
    stamp = _header(signed, "x-zendesk-webhook-signature-timestamp")
    try:
        sent = datetime.fromisoformat(stamp)
    except ValueError:
        raise BadSignature("timestamp", f"the timestamp is '{stamp[:40]}', no ISO time") from None
    if sent.tzinfo is None:
        raise BadSignature("timestamp", f"the timestamp is '{stamp[:40]}', without a time zone")
    _fresh(sent.timestamp(), now_s)
    content = stamp.encode() + signed.body
    _one_of([_header(signed, "x-zendesk-webhook-signature")], [_sha256(s.encode(), content) for s in secrets])
    return signed.headers.get("x-zendesk-webhook-invocation-id", "")


def intercom(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """`sha1=` and the hexadecimal HMAC-SHA1 of the body."""
    wanted = [hmac.new(s.encode(), signed.body, hashlib.sha1).hexdigest() for s in secrets]
    _one_of([_header(signed, "x-hub-signature").removeprefix("sha1=").lower()], wanted)
    return ""


def helpscout(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """Base64 of HMAC-SHA1 of the body."""
    _one_of([_header(signed, "x-helpscout-signature")], [_sha1(s.encode(), signed.body) for s in secrets])
    return ""


def front(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """Base64 of HMAC-SHA256 over timestamp (ms), a colon and the body: Front's application webhooks."""
    stamp = _header(signed, "x-front-request-timestamp")
    _fresh(_number(stamp, "x-front-request-timestamp") / 1000, now_s)
    content = stamp.encode() + b":" + signed.body
    _one_of([_header(signed, "x-front-signature")], [_sha256(s.encode(), content) for s in secrets])
    return ""


_UNESCAPED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(", "%29": ")",
    "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
"""What HubSpot writes plainly in the URL that it signs (its page on validating requests, version 3)."""


def hubspot(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """Version 3: base64 of HMAC-SHA256 over method, URL, body and timestamp (ms)."""
    stamp = _header(signed, "x-hubspot-request-timestamp")
    _fresh(_number(stamp, "x-hubspot-request-timestamp") / 1000, now_s)
    url = signed.url
    for escaped, sign in _UNESCAPED.items():
        url = url.replace(escaped, sign).replace(escaped.lower(), sign)
    content = signed.method.encode() + url.encode() + signed.body + stamp.encode()
    _one_of([_header(signed, "x-hubspot-signature-v3")], [_sha256(s.encode(), content) for s in secrets])
    return ""


def twilio(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """Base64 of HMAC-SHA1 over the URL and the form's names and values, sorted, each pair once.

    A JSON body stands in the URL as bodySHA256. The URL counts with and without its port: Twilio signs either.
    """
    parts = urlsplit(signed.url)
    pairs: set[tuple[str, str]] = set()
    if "bodySHA256" in (query := parse_qs(parts.query)):
        if not hmac.compare_digest(query["bodySHA256"][0].lower(), hashlib.sha256(signed.body).hexdigest()):
            raise BadSignature("signature", "the body is not the one that bodySHA256 in the URL names")
    elif signed.body:
        text = signed.body.decode("utf-8", "replace")
        pairs = set(parse_qsl(text, keep_blank_values=True))
    tail = "".join(name + value for name, value in sorted(pairs)).encode()
    host = (parts.hostname or "") if parts.hostname and ":" not in parts.hostname else f"[{parts.hostname}]"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    urls = [
        signed.url,
        urlunsplit(parts._replace(netloc=host)),
        urlunsplit(parts._replace(netloc=f"{host}:{port}")),
    ]
    wanted = [_sha1(s.encode(), url.encode() + tail) for s in secrets for url in urls]
    _one_of([_header(signed, "x-twilio-signature")], wanted)
    return signed.headers.get("i-twilio-idempotency-token", "")


def token(signed: Signed, secrets: Sequence[str], now_s: float) -> str:
    """For vendors that sign nothing: `Authorization: Bearer …`, the password of Basic, or `X-Snag-Token: …`."""
    given = signed.headers.get("x-snag-token", "")
    kind, _, rest = signed.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        given = rest.strip()
    elif kind.lower() == "basic":
        try:
            given = base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            given = ""
    if not given:
        raise BadSignature("no_signature", "the token is missing; send it as X-Snag-Token, or Authorization: Bearer …")
    _one_of([given], list(secrets))
    return ""


SCHEMES: dict[str, Scheme] = {
    "standard": standard, "zendesk": zendesk, "intercom": intercom, "helpscout": helpscout, "front": front,
    "hubspot": hubspot, "twilio": twilio, "token": token,
}  # fmt: skip


def replay_key(delivery: str, body: bytes) -> str:
    """By what a delivery is known again: its id, else its content."""
    return delivery or hashlib.sha256(body).hexdigest()


def _one_of(given: Sequence[str], wanted: Sequence[str]) -> None:
    """Every pair is compared, whatever came before: how long it takes tells nothing."""
    found = False
    for one in given:
        for other in wanted:
            found |= hmac.compare_digest(one.encode(), other.encode())
    if not found:
        raise BadSignature("signature", "the signature is not that of this body; is the secret the one of this source?")


def _fresh(sent_s: float, now_s: float) -> None:
    if not abs(now_s - sent_s) <= WINDOW_S:
        late = "ago" if sent_s < now_s else "ahead of our clock"
        raise BadSignature(
            "timestamp",
            f"it was signed {abs(now_s - sent_s):.0f} s {late}, more than {WINDOW_S}: a replay, or a clock that is off",
        )


def _header(signed: Signed, name: str) -> str:
    found = signed.headers.get(name, "").strip()
    if not found:
        raise BadSignature("no_signature", f"the header {name} is missing; deliveries of this source are signed")
    return found


def _number(text: str, name: str) -> float:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise BadSignature("timestamp", f"{name} is '{text[:40]}', no whole number")
    return float(text)


def _whsec(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    except binascii.Error:
        return secret.encode()


def _sha256(secret: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, content, "sha256")).decode()


def _sha1(secret: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, content, "sha1")).decode()
