"""Pins what goes into the images, with hashes: `python images/lock.py` (needs `pip install pip-tools`, Python 3.11).

To take newer versions: `python images/lock.py --upgrade`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WANTED = {"collector": ["country"], "embedded": ["country", "embedded"], "synthetic": ["synthetic"]}
"""Each file with the extras of the project that it holds."""


def compile_(name: str, source: str, *options: str) -> None:
    """One file. No index is written down: whoever builds an image says where packages come from."""
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
    for file, extras in WANTED.items():
        compile_(file, "pyproject.toml", *(f"--extra={extra}" for extra in extras))
    compile_("build", "images/build.in")
