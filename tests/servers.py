"""Servers that tests run beside the product: Debian's packages, unpacked into the virtual environment by ./dev."""

import shutil
import sys
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Return the path of a server's program; skip the test where it is not installed."""
    beside = Path(sys.prefix) / "servers/usr/bin" / name
    if path := shutil.which(name) or (str(beside) if beside.exists() else ""):
        return path
    pytest.skip(f"{name} is not installed")
