"""The file that says which series are taken from Prometheus."""

from __future__ import annotations

from pathlib import Path

from collector.integrations.prometheus import PrometheusError, Wanted
from collector.settings import load_toml

_KNOWN = set(Wanted._fields)


def read(path: Path) -> list[Wanted]:
    """Read `[[series]]` tables with `name`, `prometheus`, `query` and, for one site only, `app`. Raises PrometheusError."""
    found = load_toml(path, "", PrometheusError)
    series = found.get("series")
    if not isinstance(series, list) or set(found) != {"series"}:
        raise PrometheusError(f"{path}: expected nothing but [[series]] tables with name, prometheus and query")
    wanted = []
    for number, one in enumerate(series, 1):
        if strange := sorted(set(one) - _KNOWN):
            raise PrometheusError(f"{path}, series {number}: {strange[0]} is not known; known are {', '.join(_KNOWN)}")
        if missing := [name for name in ("name", "prometheus", "query") if not isinstance(one.get(name), str)]:
            raise PrometheusError(f"{path}, series {number}: {missing[0]} is missing, or no text")
        wanted.append(Wanted(**one).checked())
    return wanted
