"""How often the agent is right: `python -m benchmarks.agent_accuracy [--seeds 3] [--only NAME] [--plain]`."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import pkgutil
import sys
from pathlib import Path

from benchmarks.agent_accuracy import plain, widgets
from benchmarks.agent_accuracy.episodes import ALL, WIDGETS
from benchmarks.agent_accuracy.play import play
from benchmarks.agent_accuracy.score import told
from benchmarks.agent_accuracy.site import Sites
from benchmarks.agent_accuracy.widgets.bundles import NoPackages, bundles


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how often each episode is played, each time otherwise")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of the names of the episodes to play")
    parser.add_argument("--widgets", action="store_true", help="leave the plain pages out")
    parser.add_argument("--plain", action="store_true", help="leave the pages of npm widgets out")
    parser.add_argument("--at-once", type=int, default=12, help="pages side by side")
    chosen = parser.parse_args(arguments)
    register()
    asyncio.run(run(chosen))
    return 0


def register() -> None:
    """Load every module that holds episodes."""
    for room in (plain, widgets):
        for module in pkgutil.iter_modules(room.__path__):
            importlib.import_module(f"{room.__name__}.{module.name}")


async def run(chosen: argparse.Namespace) -> None:
    folder: Path | None = None
    if not chosen.plain:
        try:
            folder = bundles()
        except NoPackages as why:
            print(f"Plain pages only: {why}")
    episodes = [
        one for one in ALL if chosen.only in one.name and (folder if one.sort == WIDGETS else not chosen.widgets)
    ]
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    async with Sites(folder) as sites:
        print(told(await play(episodes, seeds, sites, chosen.at_once)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
