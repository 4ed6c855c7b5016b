"""Receives what the browser agent and the journeys saw, keeps it, and explains contact surges."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("snagwatch")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"
