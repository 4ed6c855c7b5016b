"""The pages of npm widgets, made ready in a cache folder: nothing of it is kept in the repository."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


class NoPackages(Exception):
    """npm is not here or could not install the packages; says why."""


def bundles() -> Path:
    """The folder of the built pages; installs and builds them where that was not done before (about half a minute).

    `SNAG_ACCURACY_CACHE` names the folder of all caches; else the user's own. Raises NoPackages.
    """
    room = Path(os.environ.get("SNAG_ACCURACY_CACHE") or Path.home() / ".cache" / "snagwatch-accuracy")
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        raise NoPackages("npm and node are needed for the pages of npm widgets")
    packages = _fingerprint(HERE / "package.json")
    cache = room / packages
    pages = _fingerprint(HERE / "bundle.mjs", *sorted((HERE / "pages").iterdir()))
    built = cache / "built" / pages
    if built.exists():
        return built
    if not (cache / "node_modules" / "esbuild").exists():
        cache.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", cache)
        print(f"Installing the npm packages of the corpus into {cache}", flush=True)
        _run(npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", at=cache)
    for old in ("pages", "bundles"):
        shutil.rmtree(cache / old, ignore_errors=True)
    shutil.copytree(HERE / "pages", cache / "pages")
    shutil.copy(HERE / "bundle.mjs", cache)
    _run(node, "bundle.mjs", at=cache)
    built.parent.mkdir(exist_ok=True)
    (cache / "bundles").rename(built)
    return built


def _fingerprint(*files: Path) -> str:
    content = hashlib.sha256()
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()[:16]


def _run(*command: str, at: Path) -> None:
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise NoPackages(f"{command[0]} {command[1]} failed: {done.stderr.strip()[-500:]}")
