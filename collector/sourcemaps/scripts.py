"""Which script a source map belongs to: the one whose last line names it, the one beside it, or the one of its debug id."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

SCRIPTS = {".js", ".mjs", ".cjs", ".css"}
_TAIL = 4096
"""The last line that says where the map is, and a debug id, are within so many bytes of the end."""
_NAMED = re.compile(r"[#@]\s*sourceMappingURL=([^\s'\"*]+)")
_DEBUG_ID = re.compile(r"[#@]\s*debugId=([0-9A-Fa-f-]{8,})")


class Scripts:
    """The scripts of a folder, and the maps that they name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._named: dict[str, Path] = {}
        self._ids: dict[str, Path] = {}
        for script in sorted(path for path in folder.rglob("*") if path.suffix in SCRIPTS and path.is_file()):
            tail = _tail(script)
            for address in _NAMED.findall(tail)[-1:]:
                if not address.startswith("data:") and "://" not in address:
                    named = unquote(address.partition("?")[0])
                    # from the root of the site, which this folder need not be
                    at = folder / named.lstrip("/") if named.startswith("/") else script.parent / named
                    self._named[os.path.normpath(at)] = script
            for debug_id in _DEBUG_ID.findall(tail)[-1:]:
                self._ids[debug_id.lower()] = script

    def of(self, file: Path, debug_id: str) -> str:
        """Path within the folder of the script of this map, or "" where none is found."""
        beside = file.with_suffix("")
        found = self._named.get(os.path.normpath(file)) or (
            beside if beside.is_file() else self._ids.get(debug_id.lower())
        )
        return found.relative_to(self._folder).as_posix() if found else ""


def _tail(script: Path) -> str:
    with script.open("rb") as file:
        file.seek(max(0, script.stat().st_size - _TAIL))
        return file.read().decode("utf-8", "replace")
