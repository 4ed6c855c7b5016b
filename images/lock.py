"""Pin the requirements of the images, with hashes: `python -m images.lock`; `--upgrade` takes newer versions.

Versions are those that the tests ran with (constraints.txt).
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
    python = ("--python-version", "3.11", "--python-platform", "linux")
    layout = ("--generate-hashes", "--strip-extras", "--no-header", "--no-annotate", "--quiet")
    files = ("--constraint", "constraints.txt", "--output-file", f"images/{name}.txt", source)
    command = [
        str(Path(sys.executable).parent / "uv"),
        "pip",
        "compile",
        *python,
        *layout,
        *options,
        *sys.argv[1:],
        *files,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    print(f"images/{name}.txt")


if __name__ == "__main__":
    for file, extras in EXTRAS.items():
        compile_(file, "pyproject.toml", *(f"--extra={extra}" for extra in extras))
    compile_("build", "images/build.in")
