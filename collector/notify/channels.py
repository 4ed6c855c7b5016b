"""The ways out: a signed webhook, a chat, e-mail. Each sends one message, or raises NotSent."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
import msgspec

from collector import __version__
from collector.notify.config import Email, Slack, Wanted, Webhook, key
from collector.notify.message import Message

TIMEOUT_S = 10.0
AGENT = f"snagwatch/{__version__}"


class NotSent(Exception):
    """It was not taken; says why, with no secret in it."""


class Channel(NamedTuple):
    """One way out."""

    name: str
    apps: tuple[str, ...]
    """Only of these sites; empty: of all."""
    send: Callable[[Message], None]
    """Raises NotSent. Blocks for a few times TIMEOUT_S at most."""


def channels(wanted: Wanted) -> list[Channel]:
    """Those that are set up."""
    found = []
    if webhook := wanted.webhook:
        found.append(Channel("webhook", webhook.apps, lambda message: _webhook(webhook, message)))
    if slack := wanted.slack:
        found.append(Channel("slack", slack.apps, lambda message: _slack(slack, message)))
    if email := wanted.email:
        found.append(Channel("email", email.apps, lambda message: _email(email, message)))
    return found


def signed(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`."""
    digest = hmac.new(key(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _webhook(to: Webhook, message: Message) -> None:
    body = msgspec.json.encode(message.payload)
    _post(to.url, body, signed(to.secret, f"msg_{message.message_id.hex}", int(time.time()), body))


def _slack(to: Slack, message: Message) -> None:
    text = f"*{message.subject}*\n{message.text}"
    for sign, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
    ):  # or it would be a link, or call a channel
        text = text.replace(sign, entity)
    _post(to.url, msgspec.json.encode({"text": text}), {})


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    asyncio.run(_posted(url, body, {"Content-Type": "application/json", "User-Agent": AGENT, **headers}))


async def _posted(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            if not 200 <= answer.status < 300:
                raise NotSent(f"it answered {answer.status}")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise NotSent(f"it cannot be reached: {type(error).__name__}") from None


def _email(to: Email, message: Message) -> None:
    mail = EmailMessage()
    domain = to.sender.rpartition("@")[2]
    mail["Subject"], mail["From"], mail["To"] = message.subject, to.sender, ", ".join(to.to)
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    mail["References"] = f"<{message.surge_id}@{domain}>"  # all of one surge stand together
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    server = urlsplit(to.server)
    host = server.hostname or ""
    safe = ssl.create_default_context()
    try:
        connection: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT_S, context=safe)
            if server.scheme == "smtps"
            else smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT_S)
        )
        with connection:
            if server.scheme == "smtp":
                _start_tls(connection, safe, must=bool(to.user))
            if to.user:
                connection.login(to.user, to.password)
            if refused := connection.send_message(mail):
                raise NotSent(f"{len(refused)} of {len(to.to)} mailboxes were refused")
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"the mail server answered {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"the mail server: {type(error).__name__}") from None


def _start_tls(connection: smtplib.SMTP, safe: ssl.SSLContext, *, must: bool) -> None:
    connection.ehlo_or_helo_if_needed()
    if connection.has_extn("starttls"):
        connection.starttls(context=safe)
    elif must:
        raise NotSent("the mail server offers no STARTTLS, and a password is not sent in the clear")
