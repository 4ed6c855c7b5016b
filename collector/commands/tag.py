"""Print the script tag for a site's pages, with the hash that lets a browser check what it loads."""

from __future__ import annotations

import argparse
import html
import json

from collector.intake.agent_scripts import scripts
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Where the collector is reached from outside."""
    parser.add_argument("--url", default="https://COLLECTOR", help="the collector as visitors reach it")
    parser.add_argument("--json", action="store_true", help="every script with its URL and hash, for machines")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Needs no running collector: what this version serves is known."""
    base = args.url.rstrip("/")
    found = scripts()
    if args.json:
        listed = [
            {"url": base + s.url, "integrity": s.integrity, "bytes": len(s.plain), "br_bytes": len(s.br)}
            for s in found.values()
        ]
        print(json.dumps({"scripts": listed}))
        return 0
    agent = found["/agent.js"]
    app = html.escape(settings.app or "shop")
    print(f'<script src="{html.escape(base + agent.url)}" integrity="{agent.integrity}" crossorigin="anonymous"')
    print(f'        data-snag-app="{app}"></script>')
    return 0
