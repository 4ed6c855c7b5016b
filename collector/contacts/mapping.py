"""From what a source calls things to what the contract calls them: columns or JSON paths to fields, values to values.

A mapping is a TOML file:

    [fields]                                # ours = theirs
    source_contact_id = "ticket.id"
    created_ts = "Opened at"
    session_ref = "custom_fields[id=360].value"
    tags = "labels[*].name"
    [values.channel]                        # theirs = ours; "*" stands for everything else, "" leaves the field out
    Telefon = "phone"
    [constants]
    product = "shop"
    [times]
    zone = "Europe/Berlin"                  # of times without an offset
    form = "%d.%m.%Y %H:%M"                 # where they are not ISO
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.settings import load_toml

_STEP = re.compile(r"""(?:^|\.)(?:"([^"]+)"|([^.\[\]"]+))|\[(\d+|\*)\]|\[([\w-]+)=([^\]]*)\]""")


class BadMapping(ValueError):
    """A mapping that cannot be used; says where and what would be right."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping of one source. Names are the contract's."""

    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    zone: str = ""
    time_form: str = ""

    def over(self, other: Mapped) -> Mapped:
        """This one where it says something, else `other`."""
        return Mapped(
            {**other.fields, **self.fields},
            {
                **other.values,
                **{name: {**other.values.get(name, {}), **m} for name, m in self.values.items()},
            },
            {**other.constants, **self.constants},
            self.zone or other.zone,
            self.time_form or other.time_form,
        )

    def apply(self, record: Any) -> dict[str, Any]:
        """The fields that a JSON `record` has; a path that leads nowhere gives none."""
        found = dict(self.constants)
        for name, path in self.fields.items():
            value = lookup(record, path)
            if value is not None:
                found[name] = self.value(name, value)
        return found

    def value(self, name: str, value: Any) -> Any:
        """What a value of theirs is called here."""
        table = self.values.get(name)
        if table is None or isinstance(value, dict | list):
            return value
        spelled = "true" if value is True else "false" if value is False else str(value).strip()
        return table.get(spelled, table.get(spelled.lower(), table.get("*", value)))


def load(path: Path, known: Mapping[str, Any]) -> Mapped:
    """Read a mapping file; `known` are the fields that there are. Raises BadMapping."""
    return from_table(load_toml(path, "", BadMapping), str(path), known)


def from_table(table: Mapping[str, Any], where: str, known: Mapping[str, Any]) -> Mapped:
    """A mapping from TOML that was read. Raises BadMapping."""
    for name in table:
        if name not in ("fields", "values", "constants", "times"):
            raise BadMapping(f"{where}: there is no [{name}]; known are [fields], [values.…], [constants], [times]")
    for part in ("fields", "values", "constants"):
        for name in table.get(part, {}):
            if name not in known:
                raise BadMapping(f"{where}, [{part}]: {name} is not a field; known are {', '.join(known)}")
    for name, path in table.get("fields", {}).items():
        if not isinstance(path, str) or not path:
            raise BadMapping(f"{where}, [fields]: {name} is {path!r}; expected a column or a path in quotes")
        steps(path)
    for name, values in table.get("values", {}).items():
        if not isinstance(values, Mapping) or not all(isinstance(ours, str | int) for ours in values.values()):
            raise BadMapping(f'{where}, [values.{name}]: expected lines of THEIRS = "OURS"')
    times = table.get("times", {})
    return Mapped(
        dict(table.get("fields", {})),
        {name: {k.strip(): str(v) for k, v in values.items()} for name, values in table.get("values", {}).items()},
        dict(table.get("constants", {})),
        str(times.get("zone", "")),
        str(times.get("form", "")),
    )


def lookup(record: Any, path: str) -> Any:
    """What stands at `path`; None where it leads nowhere. A whole path that is a key wins over its parts.

    >>> lookup({"via": {"channel": "web"}, "tags": [{"name": "a"}, {"name": "b"}]}, "tags[*].name")
    ['a', 'b']
    >>> lookup({"fields": [{"id": 7, "value": "x"}]}, "fields[id=7].value")
    'x'
    """
    if isinstance(record, dict) and path in record:
        return record[path]
    for step in steps(path):
        record = step(record)
        if record is None:
            return None
    return record


_CACHE: dict[str, list[Callable[[Any], Any]]] = {}


def steps(path: str) -> list[Callable[[Any], Any]]:
    """A path as functions, one after the other. Raises BadMapping."""
    if path not in _CACHE:
        _CACHE[path] = _compiled(path)
    return _CACHE[path]


def _compiled(path: str) -> list[Callable[[Any], Any]]:
    found: list[Callable[[Any], Any]] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if not match:
            return [_get(path)]  # a column whose name has brackets or dots of its own
        quoted, name, index, key, value = match.groups()
        at = match.end()
        if index == "*":
            rest = path[at:].removeprefix(".")
            found.append(_each(rest))
            return found
        if index is not None:
            found.append(_nth(int(index)))
        elif key is not None:
            found.append(_where(key, value))
        else:
            found.append(_get(quoted or name))
    return found


def _get(name: str) -> Callable[[Any], Any]:
    return lambda record: record.get(name) if isinstance(record, dict) else None


def _nth(index: int) -> Callable[[Any], Any]:
    return lambda record: record[index] if isinstance(record, list) and index < len(record) else None


def _where(key: str, value: str) -> Callable[[Any], Any]:
    def find(record: Any) -> Any:
        parts = record if isinstance(record, list) else []
        return next((p for p in parts if isinstance(p, dict) and str(p.get(key)) == value), None)

    return find


def _each(rest: str) -> Callable[[Any], Any]:
    def collect(record: Any) -> Any:
        if not isinstance(record, list):
            return None
        found = [lookup(part, rest) if rest else part for part in record]
        return [one for one in found if one is not None]

    return collect
