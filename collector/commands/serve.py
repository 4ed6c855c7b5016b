"""Run the collector until SIGTERM or SIGINT; then it drains and ends."""

from __future__ import annotations

import argparse

import uvloop

from collector.server.serve import serve
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Only settings."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve; returns when told to stop."""
    uvloop.run(serve(settings))
    return 0
