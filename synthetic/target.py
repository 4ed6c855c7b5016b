"""What journeys are run against, from where, and with what."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MEMORY_MB = 1024
"""What one page may take: below what a browser itself allows (4 GB), above what any shop needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The same for every run of a runner."""

    base_url: str = ""
    """The site; a journey's page.goto("/") goes there. A journey may have its own."""
    app: str = "site"
    env: str = ""
    release: str = ""
    location: str = ""
    memory_mb: int = MEMORY_MB
    secrets_dir: str = ""
    client_certificates: list[dict[str, Any]] = field(default_factory=list)
    """As Playwright takes them: origin, certPath, keyPath."""
    proxy: str = ""
    artefacts_dir: str = ""
    artefacts_url: str = ""
    har: bool = False
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
    """What the journeys file says of steps that are slow: by journey and step, in ms."""
    sandbox: bool = False
    """Chromium's own, which needs a kernel and a container that let an ordinary user make namespaces."""

    @property
    def artefacts_path(self) -> Path | None:
        """Where artefacts are shown; None: none are taken."""
        return Path(self.artefacts_dir) if self.artefacts_dir else None
