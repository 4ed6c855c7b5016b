"""Whom to tell, from the file that SNAG_NOTIFY_FILE names.

    link = "https://snag.example/surges?app={app}"

    [webhook]
    url = "https://desk.example/hooks/snagwatch"
    secret = "env:DESK_SECRET"

    [slack]
    url = "env:SLACK_URL"

    [email]
    server = "smtp://mail.example:587"
    sender = "snagwatch@example.com"
    to = ["support-leads@example.com"]
    user = "snagwatch"
    password = "file:/run/secrets/smtp"

Without the file nobody is told. Secrets never stand in it: `env:NAME` or `file:/path`.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from collector.contacts.sources_file import BadSources, secret
from collector.settings import load_toml

WHSEC = "whsec_"
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")


class BadNotify(ValueError):
    """The file cannot be used; names the place and what would be right."""


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program, told in JSON, signed as Standard Webhooks says."""

    url: str
    secret: str
    apps: tuple[str, ...] = ()
    """Only of these sites; empty: of all."""


class Slack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chat that takes Slack's incoming webhooks: Slack, Mattermost, Rocket.Chat and others. Its URL is a secret."""

    url: str
    apps: tuple[str, ...] = ()


class Email(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mailboxes. `smtp://` takes STARTTLS where it is offered, and insists on it with a user; `smtps://` is TLS."""

    server: str
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: str = ""
    apps: tuple[str, ...] = ()


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every channel that is set up, secrets filled in."""

    webhook: Webhook | None = None
    slack: Slack | None = None
    email: Email | None = None
    link: str = ""
    """Where a surge can be looked at; {app} and {surge_id} are filled in."""


def load(path: str, env: Mapping[str, str] = os.environ) -> Wanted:
    """Read the file and its secrets; nobody for an empty path. Raises BadNotify."""
    if not path:
        return Wanted()
    found = load_toml(path, "SNAG_NOTIFY_FILE", BadNotify)
    try:
        wanted = msgspec.convert(_with_secrets(found, path, env), Wanted)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        where = place.strip("`").removeprefix("$.") or "the file"
        raise BadNotify(f"{path}: {where}: {what.replace('`', '')}") from None
    _check(wanted, path)
    return wanted


_SECRET = {"webhook": ("secret",), "slack": ("url",), "email": ("password",)}


def _with_secrets(found: dict[str, Any], path: str, env: Mapping[str, str]) -> dict[str, Any]:
    filled = dict(found)
    for name, fields in _SECRET.items():
        table = found.get(name)
        if not isinstance(table, dict):
            continue
        for field in fields:
            if isinstance(ref := table.get(field), str) and ref:
                try:
                    table = table | {field: secret(ref, f"{path}: [{name}] {field}", env)}
                except BadSources as error:
                    raise BadNotify(str(error)) from None
        filled[name] = table
    return filled


def _check(wanted: Wanted, path: str) -> None:
    for name, url in (
        ("webhook", wanted.webhook.url if wanted.webhook else None),
        ("slack", wanted.slack.url if wanted.slack else None),
    ):
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise BadNotify(f"{path}: [{name}] url is none; right would be https://desk.example/hooks/snagwatch")
    if wanted.webhook:
        try:
            key(wanted.webhook.secret)
        except ValueError:
            raise BadNotify(f"{path}: [webhook] secret is no {WHSEC}… in base64, as Standard Webhooks says") from None
    if wanted.email:
        server = urlsplit(wanted.email.server)
        if server.scheme not in ("smtp", "smtps") or not server.hostname:
            raise BadNotify(
                f"{path}: [email] server is {wanted.email.server!r}; right would be smtp://mail.example:587"
            )
        if not wanted.email.to:
            raise BadNotify(f"{path}: [email] to names nobody")
        for address in (wanted.email.sender, *wanted.email.to):
            if not _ADDRESS.fullmatch(address):
                raise BadNotify(f"{path}: [email] {address!r} is no address; right would be lead@example.com")


def key(secret: str) -> bytes:
    """The bytes that a secret stands for, base64 after `whsec_`. Raises ValueError."""
    if not secret.startswith(WHSEC):
        raise ValueError(f"it does not begin with {WHSEC}")
    try:
        return base64.b64decode(secret.removeprefix(WHSEC), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
