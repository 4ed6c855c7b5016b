"""From a minified frame to the source that somebody wrote, by the source maps that the store keeps."""

from __future__ import annotations

from collector.sourcemaps.decode import BadSourceMap, SourceMap, best_match, frame
from collector.store.source_maps import kept_maps, map_text
from collector.store.store import Store


class Sources:
    """The maps of one site; each is read when it is first needed."""

    def __init__(self, store: Store, app: str) -> None:
        self._store, self._app = store, app
        self._files: dict[str, list[str]] = {}
        self._maps: dict[tuple[str, str], SourceMap | None] = {}
        for one in kept_maps(store, app):
            self._files.setdefault(one.release, []).append(one.file)

    def of(self, release: str, error_place: str) -> str:
        """`source:line (name)` of an `error_place`; empty where it is no frame or no map of its release knows it."""
        found = frame(error_place)
        file = best_match(found.file, self._files.get(release, ())) if found else ""
        if not found or not file:
            return ""
        key = (release, file)
        if key not in self._maps:
            self._maps[key] = self._read(*key)
        held = self._maps[key]
        place = held.place(found.line, found.column) if held else None
        return str(place) if place else ""

    def _read(self, release: str, file: str) -> SourceMap | None:
        try:
            return SourceMap(map_text(self._store, self._app, release, file))
        except BadSourceMap:  # was read before it was kept: somebody else has written to the table
            return None
