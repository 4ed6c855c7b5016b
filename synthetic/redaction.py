"""Takes secrets out of the texts of a value, never out of its structure: a PIN or an everyday word is no part of an id."""

from __future__ import annotations

import functools
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from synthetic.secrets import Secrets

T = TypeVar("T")

OPERATORS = frozenset(
    {
        "schema",
        "journey",
        "location",
        "browser",
        "throttle",
        "device",
        "trace_id",
        "artefacts",
        "artefacts_url",
        "agent",
        "app",
        "env",
        "release",
    }
)
"""What the operator called things, and what the runner is: no secret comes to stand there, and all is found by them."""


def redacted(value: T, known: Secrets) -> T:
    """The same value without any secret in any of its free texts; each stays within the length that its type allows."""
    cleaned: T = _clean(value, known) if known else value
    return cleaned


def _clean(value: Any, known: Secrets) -> Any:
    if isinstance(value, str):
        return known.redact_cut(value)
    if isinstance(value, list | tuple):
        return type(value)(_clean(one, known) for one in value)
    if isinstance(value, dict):
        return {key: _clean(one, known) for key, one in value.items()}
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name, longest in _free(type(value)):
            before = getattr(value, name)
            after = _clean(before, known)
            if after != before:
                changed[name] = after[:longest] if longest and isinstance(after, str) else after
        return msgspec.structs.replace(value, **changed) if changed else value
    return value


@functools.cache
def _free(cls: type[msgspec.Struct]) -> tuple[tuple[str, int], ...]:
    """The fields that hold free text or more values, each with the longest text that it takes; 0: any."""
    found = []
    for field in inspect.type_info(cls).fields:  # type: ignore[attr-defined]
        kind = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
        if field.name in OPERATORS or isinstance(kind, inspect.LiteralType | inspect.UUIDType | inspect.IntType):
            continue
        found.append((field.name, (kind.max_length or 0) if isinstance(kind, inspect.StrType) else 0))
    return tuple(found)
