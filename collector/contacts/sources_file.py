"""Who may send contacts and how they are understood: the file that SNAG_SOURCES_FILE names.

    [zendesk]                                # the name in POST /v1/contacts/zendesk
    kind = "zendesk"                         # default: plain, our own contract
    secrets = ["env:ZENDESK_SECRET"]         # or "file:/run/secrets/zendesk"; two while one is being replaced
    [zendesk.pull]
    url = "https://acme.zendesk.com"
    token = "env:ZENDESK_TOKEN"
    [zendesk.fields]
    session_ref = "custom_fields[id=360].value"

Secrets never stand in it: they come from the environment or from files. Without a file nobody may send.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from collector.contacts import reasons, schema
from collector.contacts.mapping import BadMapping, Mapped, from_table, load
from collector.contacts.vendors import ADAPTERS, Adapter
from collector.settings import BadSetting, load_toml, secret
from collector.times import BadTime, zone

ANNOTATIONS = "annotations"
"""The table whose secrets POST /v1/annotations is checked by."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class BadSources(BadSetting):
    """The sources file cannot be used; names the place and what would be right. Never holds a secret."""


class Pulling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a source is asked for what changed."""

    url: str
    token: str = ""
    """`env:NAME` or `file:PATH`; read when it is needed."""
    user: str = ""
    every_s: int = 300
    since: str = "30d"
    """How far back the first pull goes."""
    options: dict[str, str] = {}


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source as it stands in the file."""

    kind: str = "plain"
    secrets: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    url: str = ""
    """The address as the vendor calls it, where its signature covers it (HubSpot, Twilio)."""
    zone: str = ""
    subjects: bool = False
    """Whether redacted subjects are kept."""
    people: str = ""
    """Sources with the same name here share their customers' ids."""
    default_channel: str = ""
    mapping: str = ""
    """A mapping file, beside this one."""
    reasons: str = ""
    """A file of rules for contact reasons, beside this one."""
    pull: Pulling | None = None
    fields: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    constants: dict[str, Any] = {}
    channels: dict[str, str] = {}


class Source(msgspec.Struct, frozen=True):
    """One source, ready to be used."""

    name: str
    table: Table
    adapter: Adapter
    mapped: Mapped
    tz: ZoneInfo | None
    rules: reasons.Rules | None
    networks: tuple[Any, ...]

    def secrets(self, env: Mapping[str, str] = os.environ) -> list[str]:
        """The secrets that are live now. Raises BadSetting."""
        return [secret(ref, f"[{self.name}] secrets", env) for ref in self.table.secrets]

    def tokens(self, env: Mapping[str, str] = os.environ) -> list[str]:
        """The tokens that are live now. Raises BadSetting."""
        return [secret(ref, f"[{self.name}] tokens", env) for ref in self.table.tokens]

    def allows(self, address: str) -> bool:
        """Whether deliveries from this address are taken."""
        if not self.networks:
            return True
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)


def load_sources(path: str, env: Mapping[str, str] = os.environ) -> dict[str, Source]:
    """Read the file; no sources for an empty path. Raises BadSources."""
    if not path:
        return {}
    found = load_toml(path, "SNAG_SOURCES_FILE", BadSources)
    return {name: _source(name, table, Path(path), env) for name, table in found.items()}


def _source(name: str, given: object, path: Path, env: Mapping[str, str]) -> Source:
    where = f"[{name}] in {path}"
    if not _NAME.fullmatch(name):
        raise BadSources(f"{where}: only letters, digits, dots, hyphens and underscores are allowed, at most 64")
    try:
        table = msgspec.convert(given, Table)
    except msgspec.ValidationError as error:
        what = str(error).replace("`", "")
        raise BadSources(f"{where}: {what}; known: {', '.join(Table.__struct_fields__)}") from None
    adapter = ADAPTERS.get(table.kind)
    if adapter is None:
        raise BadSources(f"{where}: kind is '{table.kind}'; known are {', '.join(ADAPTERS)}")
    try:
        own = from_table(
            {"fields": table.fields, "values": table.values, "constants": table.constants},
            where,
            schema.FIELDS,
        )
        if table.mapping:
            own = own.over(load(path.parent / table.mapping, schema.FIELDS))
        rules = reasons.load(path.parent / table.reasons) if table.reasons else None
        tz = zone(table.zone or own.zone) if table.zone or own.zone else None
        networks = tuple(ipaddress.ip_network(text) for text in table.allow)
    except (BadMapping, reasons.BadRules, BadTime) as error:
        raise BadSources(f"{where}: {error}") from None
    except ValueError as error:
        raise BadSources(f"{where}, allow: {error}; expected 203.0.113.0/24") from None
    for theirs, ours in table.channels.items():
        if ours not in schema.CHANNELS:
            raise BadSources(f"{where}, channels: '{theirs}' is {ours!r}; known are {', '.join(schema.CHANNELS)}")
    if table.default_channel and table.default_channel not in schema.CHANNELS:
        raise BadSources(
            f"{where}: default_channel is {table.default_channel!r}; known are {', '.join(schema.CHANNELS)}"
        )
    source = Source(name, table, adapter, own.over(adapter.mapped), tz, rules, networks)
    if not (table.secrets or table.tokens or table.pull):
        raise BadSources(f"{where} has no secrets, no tokens and no pull: nothing could come from it")
    if table.secrets and adapter.scheme == "token":
        raise BadSources(f'{where}: {table.kind} signs nothing; expected tokens = ["env:…"]')
    if table.pull and adapter.pull is None:
        raise BadSources(f"{where}: {table.kind} cannot be pulled")
    source.secrets(env), source.tokens(env)  # what is missing is said at the start, not at the first delivery
    return source
