"""Run background jobs once for collectors that share a ClickHouse server: rollups, verdicts, retention, series.

Runs until SIGTERM or SIGINT. The collectors beside it run with SNAG_CHORES=0.
"""

from __future__ import annotations

import argparse
import asyncio

from collector.server.jobs_process import jobs_process
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Only settings."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run the jobs until asked to stop."""
    asyncio.run(jobs_process(settings))
    return 0
