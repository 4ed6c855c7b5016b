"""Screenshots, traces and HAR files of runs: redacted before anybody can see them, kept for a while.

A file is first written into a private folder, cleaned there, and only then moved to where it is shown.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from synthetic import sessions
from synthetic.covering import picture
from synthetic.secrets import Secrets

log = logging.getLogger(__name__)

SHOT_S = 2.0
TRACE_S = 3.0
"""How long taking them may hold up the end of a run."""

LAST_GOOD_S = 3600.0
"""A picture of the good state is renewed so often, not with each run: it costs as much as a step."""

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".woff", ".woff2")
"""What holds no text."""

MOST_MB = 20.0
"""Of one run; a trace that is bigger is left out."""


class Artefacts:
    """The folder where artefacts are shown, and `url`, under which a browser finds it ("" for none)."""

    def __init__(self, root: Path, url: str = "", *, keep_days: float = 14, most_mb: float = 500) -> None:
        self.root = root
        self.url = url.rstrip("/")
        self._keep_s = keep_days * 86400
        self._most_bytes = most_mb * 1e6

    def of(self, journey: str, run: str) -> Path:
        """The folder of one run."""
        return self.root / slug(journey) / run

    def link(self, folder: Path) -> str:
        """Where a person finds the files of a run."""
        return f"{self.url}/{folder.relative_to(self.root)}/" if self.url else str(folder)

    def wants_good(self, journey: str) -> bool:
        """Whether the last good picture is old enough to be taken anew."""
        try:
            return time.time() - self.last_good(journey).stat().st_mtime > LAST_GOOD_S
        except OSError:
            return True

    def last_good(self, journey: str) -> Path:
        """The picture of how it looks when all is well."""
        return self.root / slug(journey) / "last-good.jpg"

    def tidy(self, now: float | None = None) -> int:
        """Remove what is too old, then the oldest until the rest fits. Returns how many files went."""
        now = time.time() if now is None else now
        files = sorted(
            (stat.st_mtime, stat.st_size, path)
            for path in self.root.rglob("*")
            if path.is_file() and (stat := path.stat())
        )
        size, gone = sum(size for _, size, _ in files), 0
        for at, bytes_, path in files:
            if now - at <= self._keep_s and size <= self._most_bytes:
                break
            path.unlink(missing_ok=True)
            size, gone = size - bytes_, gone + 1
        for folder in sorted(self.root.rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        return gone


def slug(name: str) -> str:
    """A journey's name as a folder's: never a way out of it.

    >>> slug("../Check out")
    'Check-out'
    """
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.") or "journey"


async def screenshot(page: Any, to: Path, secrets: Secrets) -> bool:
    """A picture of what is in view, with everything covered that may show a secret. False if none could be taken."""
    try:
        async with asyncio.timeout(SHOT_S):
            to.parent.mkdir(parents=True, exist_ok=True)
            await picture(page, to, secrets, SHOT_S)
            return True
    except Exception as error:  # a page that is gone or blocked cannot be pictured: the verdict matters more
        log.debug("no screenshot: %s", type(error).__name__)
        return False


def publish(files: Sequence[Path], folder: Path, secrets: Secrets, session: Iterable[str] = ()) -> list[str]:
    """Clean `files` and move them into `folder`. Returns their names; what is too big is left out with a word.

    `session`: what opened the site during the run, such as its cookies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown, size = [], 0.0
    for file in files:
        if not file.exists():
            continue
        clean(file, secrets, set(session))
        size += file.stat().st_size / 1e6
        if size > MOST_MB:
            log.warning(
                "%s is left out: the run's artefacts would take %.0f MB, %.0f are kept",
                file.name,
                size,
                MOST_MB,
            )
            continue
        shutil.move(file, folder / file.name)
        shown.append(file.name)
    return shown


def clean(file: Path, secrets: Secrets, session: set[str]) -> None:
    """Take every secret, and the session of the run, out of a file; of a zip, out of each member and its name."""
    if file.suffix in PICTURES:
        return  # it was covered before it was taken
    if not zipfile.is_zipfile(file):
        content = file.read_bytes()
        file.write_bytes(secrets.redact_bytes(sessions.without(content, session | sessions.values_in(content))))
        return
    fresh = file.with_suffix(".clean")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as new:
        texts = [member for member in old.infolist() if Path(member.filename).suffix not in PICTURES]
        session = session | {value for member in texts for value in sessions.values_in(old.read(member))}
        for member in old.infolist():
            content = old.read(member)
            if member in texts:
                content = secrets.redact_bytes(sessions.without(content, session))
            new.writestr(secrets.redact(member.filename), content)
    os.replace(fresh, file)


def private_folder() -> Path:
    """Where files are before they are clean."""
    return Path(tempfile.mkdtemp(prefix="snag-run-"))
