"""Pin the requirements of the images, with hashes: `python -m images.lock` (needs pip-tools and Python 3.11).

To take newer versions: `python -m images.lock --upgrade`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = {"collector": ["country", "pages"], "embedded": ["country", "embedded"], "synthetic": ["synthetic"]}
"""The extras of the project that each file pins."""


def compile_(name: str, source: str, *options: str) -> None:
    """Pin one file. No package index is recorded: whoever builds an image chooses it."""
    command = [
        sys.executable,
        "-m",
        "piptools",
        "compile",
        "--quiet",
        "--generate-hashes",
        "--strip-extras",
        "--no-header",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-emit-trusted-host",
        "--no-emit-options",
        "--allow-unsafe",
        "--no-annotate",
        "--output-file",
        f"images/{name}.txt",
        *options,
        *sys.argv[1:],
        source,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    print(f"images/{name}.txt")


if __name__ == "__main__":
    for file, extras in EXTRAS.items():
        compile_(file, "pyproject.toml", *(f"--extra={extra}" for extra in extras))
    compile_("build", "images/build.in")
