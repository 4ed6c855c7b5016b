"""Run the collector until SIGTERM or SIGINT; then drain the queue and stop."""

from __future__ import annotations

import argparse
import logging

import uvloop

from collector.server.serve import Running, serve
from collector.settings import Settings

log = logging.getLogger(__name__)


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Only settings."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until asked to stop, and log the address of the pages."""
    uvloop.run(serve(settings, on_ready=_log_pages))
    return 0


def _log_pages(running: Running) -> None:
    log.info("pages at %s/, beacons at %s; `snag tag` prints the tag", running.private_url, running.public_url)
