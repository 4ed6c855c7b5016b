"""What is wrong with a site's certificate: the browser says one thing, a person wants all of it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography import x509

LOOK_S = 3.0


class Certificate(NamedTuple):
    """What of it concerns a visitor."""

    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    self_signed: bool
    covers_host: bool
    """It is for the host that was asked for."""


CODES = {
    "ERR_CERT_DATE_INVALID": "net.tls.expired",
    "ERR_CERT_COMMON_NAME_INVALID": "net.tls.name",
    "ERR_CERT_AUTHORITY_INVALID": "net.tls.untrusted",
    "ERR_CERT_REVOKED": "net.tls.revoked",
    "ERR_BAD_SSL_CLIENT_AUTH_CERT": "net.tls.client",
    "ERR_SSL_CLIENT_AUTH_CERT_NEEDED": "net.tls.client",
}
"""The browser's own words. It names one fault of several: an untrusted issuer hides that the certificate expired."""


async def look(url: str) -> Certificate | None:
    """The certificate that the server of `url` shows; None where it shows none within 3 s."""
    try:
        from cryptography import x509
    except ImportError:  # the verdict then rests on the browser's own word
        return None

    parts = urlsplit(url)
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE  # we only look, nothing is sent
    try:
        async with asyncio.timeout(LOOK_S):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 443, ssl=careless, server_hostname=parts.hostname
            )
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(0.5):
                await writer.wait_closed()
        found = x509.load_der_x509_certificate(shown)
    except (OSError, ValueError, TypeError, TimeoutError):
        return None
    try:
        named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [
            *named.get_values_for_type(x509.DNSName),
            *map(str, named.get_values_for_type(x509.IPAddress)),
        ]
    except (x509.ExtensionNotFound, ValueError):
        names = []
    return Certificate(
        tuple(names),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        found.issuer == found.subject,
        _covers(found, parts.hostname or ""),
    )


def judge(code: str, host: str, shown: Certificate | None, now: datetime) -> tuple[str, str]:
    """Reason and words for the browser's error `code`. What a visitor could wait out or retype comes first."""
    if shown:
        if now > shown.not_after:
            return "net.tls.expired", f"the certificate of {host} expired on {_day(shown.not_after)}"
        if now < shown.not_before:
            return (
                "net.tls.expired",
                f"the certificate of {host} is not valid before {_day(shown.not_before)}",
            )
        if not shown.covers_host:
            meant = ", ".join(shown.names[:5]) or "no name at all"
            return "net.tls.name", f"the certificate of {host} is for {meant}"
        if code == "ERR_CERT_AUTHORITY_INVALID":
            by = "is signed by itself" if shown.self_signed else "was issued by nobody whom browsers trust"
            return "net.tls.untrusted", f"the certificate of {host} {by}"
    return CODES.get(code, "net.tls"), f"no secure connection to {host}: {code}"


def is_tls(code: str) -> bool:
    """Whether a net:: error is about the secure connection."""
    return "CERT" in code or "SSL" in code


def _covers(certificate: x509.Certificate, host: str) -> bool:
    """Whether the certificate is for `host`, by RFC 9525: subjectAltName alone, a wildcard stands for one label."""
    from service_identity import CertificateError, VerificationError
    from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

    try:
        ipaddress.ip_address(host)
    except ValueError:
        verify: Callable[[x509.Certificate, str], None] = verify_certificate_hostname
    else:
        verify = verify_certificate_ip_address
    try:
        verify(certificate, host)
    except (CertificateError, VerificationError):
        return False
    return True


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")
