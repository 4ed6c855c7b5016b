"""Every fixed word of the pages, from english.toml: a translation is another such file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


class Text:
    """A table of english.toml whose entries are attributes; an entry that is not there is an error."""

    def __init__(self, entries: Mapping[str, Any], name: str = "english.toml") -> None:
        self._entries, self._name = entries, name

    def __getattr__(self, key: str) -> Any:
        """Raises AttributeError, naming the table."""
        if key not in self._entries:
            raise AttributeError(f"{self._name} has no {key!r}")
        entry = self._entries[key]
        return Text(entry, f"{self._name} [{key}]") if isinstance(entry, dict) else entry

    def of(self, key: str) -> str:
        """The entry, else the key itself in plain words: a kind that a newer agent sends has no entry yet."""
        return str(self._entries.get(key, key.replace("_", " ")))


def _read() -> Text:
    return Text(tomllib.loads(files("collector.web").joinpath("english.toml").read_text(encoding="utf-8")))


T = _read()
"""The words."""
