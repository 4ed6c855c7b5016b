"""Notification channels, from the file that SNAG_NOTIFY_FILE names.

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

Without the file there are no notifications. Secrets never stand in it: `env:NAME` or `file:/path`.
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

from collector.settings import BadSetting, load_toml, secret

WHSEC = "whsec_"
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")


class BadNotify(ValueError):
    """The file cannot be used; names the place and what was expected."""


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program, notified in JSON that is signed according to Standard Webhooks."""

    url: str
    secret: str
    apps: tuple[str, ...] = ()
    """Only for these sites; empty: all."""


class Slack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chat with Slack's incoming webhooks: Slack, Mattermost, Rocket.Chat and others. Its URL is a secret."""

    url: str
    apps: tuple[str, ...] = ()


class Email(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mailboxes. `smtp://` uses STARTTLS where it is offered, and requires it with a user; `smtps://` is TLS."""

    server: str
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: str = ""
    apps: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every configured channel, secrets filled in."""

    webhook: Webhook | None = None
    slack: Slack | None = None
    email: Email | None = None
    link: str = ""
    """Address of a surge's page; {app} and {surge_id} are filled in."""


def load(path: str, env: Mapping[str, str] = os.environ) -> Config:
    """Read the file and its secrets; no channels for an empty path. Raises BadNotify."""
    if not path:
        return Config()
    tables = load_toml(path, "SNAG_NOTIFY_FILE", BadNotify)
    try:
        config = msgspec.convert(_with_secrets(tables, path, env), Config)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        where = place.strip("`").removeprefix("$.") or "the file"
        raise BadNotify(f"{path}: {where}: {what.replace('`', '')}") from None
    _check(config, path)
    return config


_SECRET = {"webhook": ("secret",), "slack": ("url",), "email": ("password",)}


def _with_secrets(tables: dict[str, Any], path: str, env: Mapping[str, str]) -> dict[str, Any]:
    filled = dict(tables)
    for name, fields in _SECRET.items():
        table = tables.get(name)
        if not isinstance(table, dict):
            continue
        for field in fields:
            if isinstance(ref := table.get(field), str) and ref:
                try:
                    table = table | {field: secret(ref, f"{path}: [{name}] {field}", env)}
                except BadSetting as error:
                    raise BadNotify(str(error)) from None
        filled[name] = table
    return filled


def _check(config: Config, path: str) -> None:
    for name, url in (
        ("webhook", config.webhook.url if config.webhook else None),
        ("slack", config.slack.url if config.slack else None),
    ):
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise BadNotify(
                f"{path}: [{name}] url is not a valid URL; expected for example https://desk.example/hooks/snagwatch"
            )
    if config.webhook:
        try:
            key(config.webhook.secret)
        except ValueError:
            raise BadNotify(f"{path}: [webhook] secret is not valid; expected {WHSEC} followed by base64") from None
    if config.email:
        server = urlsplit(config.email.server)
        if server.scheme not in ("smtp", "smtps") or not server.hostname:
            raise BadNotify(
                f"{path}: [email] server: {config.email.server!r} is not a valid mail server; "
                "expected for example smtp://mail.example:587"
            )
        if not config.email.to:
            raise BadNotify(f"{path}: [email] to is empty; expected at least one address")
        for address in (config.email.sender, *config.email.to):
            if not _ADDRESS.fullmatch(address):
                raise BadNotify(
                    f"{path}: [email] {address!r} is not a valid address; expected for example lead@example.com"
                )


def key(secret: str) -> bytes:
    """The bytes of a secret: base64 after `whsec_`. Raises ValueError."""
    if not secret.startswith(WHSEC):
        raise ValueError(f"expected {WHSEC} at its start")
    try:
        return base64.b64decode(secret.removeprefix(WHSEC), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
