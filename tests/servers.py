"""Servers that tests run beside the product: Debian's packages, unpacked into the virtual environment by ./dev."""

import shutil
import sys
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Return the path of a server's program; skip the test where it is not installed."""
    unpacked = Path(sys.prefix) / "servers/usr"
    if path := shutil.which(name) or shutil.which(name, path=f"{unpacked}/bin:{unpacked}/sbin"):
        return path
    pytest.skip(f"{name} is not installed")
