"""Notification channels: a signed webhook, a chat, e-mail. Each sends one message, or raises NotSent."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
import msgspec
import standardwebhooks

from collector import __version__
from collector.notify.config import Config, Email, Slack, Webhook
from collector.notify.message import Message

TIMEOUT_S = 10.0
AGENT = f"snagwatch/{__version__}"


class NotSent(Exception):
    """The receiver did not accept the message; says why, without secrets."""


class Channel(NamedTuple):
    """One receiver of notifications."""

    name: str
    apps: tuple[str, ...]
    """Only for these sites; empty: all."""
    send: Callable[[Message], None]
    """Raises NotSent. Blocks for a few times TIMEOUT_S at most."""


def channels(config: Config) -> list[Channel]:
    """The configured channels."""
    configured = []
    if webhook := config.webhook:
        configured.append(Channel("webhook", webhook.apps, lambda message: _webhook(webhook, message)))
    if slack := config.slack:
        configured.append(Channel("slack", slack.apps, lambda message: _slack(slack, message)))
    if email := config.email:
        configured.append(Channel("email", email.apps, lambda message: _email(email, message)))
    return configured


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`."""
    signature = standardwebhooks.Webhook(secret).sign(message_id, at, body.decode())
    return {"webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def _webhook(to: Webhook, message: Message) -> None:
    body = msgspec.json.encode(message.payload)
    _post(to.url, body, sign(to.secret, f"msg_{message.message_id.hex}", datetime.now(UTC), body))


def _slack(to: Slack, message: Message) -> None:
    # Unescaped, what others wrote would be a link, or call a channel.
    text = escape(f"*{message.subject}*\n{message.text}", quote=False)
    _post(to.url, msgspec.json.encode({"text": text}), {})


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    asyncio.run(_send(url, body, {"Content-Type": "application/json", "User-Agent": AGENT, **headers}))


async def _send(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            if not 200 <= response.status < 300:
                raise NotSent(f"the receiver answered {response.status}")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise NotSent(f"the receiver cannot be reached: {type(error).__name__}") from None


def _email(to: Email, message: Message) -> None:
    mail = EmailMessage()
    domain = to.sender.rpartition("@")[2]
    mail["Subject"], mail["From"], mail["To"] = message.subject, to.sender, ", ".join(to.to)
    mail["Message-ID"] = f"<{message.message_id}@{domain}>"
    mail["References"] = f"<{message.surge_id}@{domain}>"  # mail programs show all of one surge as one thread
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    server = urlsplit(to.server)
    host = server.hostname or ""
    tls = ssl.create_default_context()
    try:
        connection: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT_S, context=tls)
            if server.scheme == "smtps"
            else smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT_S)
        )
        with connection:
            if server.scheme == "smtp":
                _start_tls(connection, tls, must=bool(to.user))
            if to.user:
                connection.login(to.user, to.password)
            if rejected := connection.send_message(mail):
                raise NotSent(f"the mail server rejected {len(rejected)} of {len(to.to)} recipients")
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"the mail server answered {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"the mail server: {type(error).__name__}") from None


def _start_tls(connection: smtplib.SMTP, tls: ssl.SSLContext, *, must: bool) -> None:
    connection.ehlo_or_helo_if_needed()
    if connection.has_extn("starttls"):
        connection.starttls(context=tls)
    elif must:
        raise NotSent("the mail server offers no STARTTLS, and a password is never sent in clear text")
