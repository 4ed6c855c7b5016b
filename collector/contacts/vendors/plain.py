"""Our own contract, and any JSON that a mapping leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.contacts.mapping import Mapped
from collector.contacts.vendors.base import Adapter, Record, Unreadable

MOST = 10_000
"""Records in one delivery; more belong into several, or into `snag contacts import`."""


def _read(found: Any, headers: Mapping[str, str], mapped: Mapped) -> list[Record]:
    if isinstance(found, dict) and isinstance(found.get("contacts"), list):
        found = found["contacts"]
    records = found if isinstance(found, list) else [found]
    if len(records) > MOST:
        raise Unreadable(f"{len(records)} records in one delivery; expected at most {MOST}")
    for i, record in enumerate(records):
        if not isinstance(record, dict):
            raise Unreadable(f"contacts[{i}] is not an object; expected a contact, or a list of them")
    return [one for record in records for one in _mapped(record, mapped)]


def _mapped(record: dict[str, Any], mapped: Mapped) -> list[Record]:
    if mapped.fields:
        return [mapped.apply(record)]
    return [{**mapped.constants, **{name: mapped.value(name, value) for name, value in record.items()}}]


ADAPTER = Adapter("plain", "standard", _read, snapshot=_mapped)
