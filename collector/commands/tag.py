"""Print the script tag for a site's pages, with the hash by which a browser checks what it loads."""

from __future__ import annotations

import argparse
import html
import json

from collector.intake.agent_scripts import scripts
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The public address of the collector."""
    parser.add_argument("--url", default="https://COLLECTOR", metavar="URL", help="public address of the collector")
    parser.add_argument("--json", action="store_true", help="print every script with its URL and hash as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the tag. Needs no running collector: this version's scripts are installed with it."""
    base = args.url.rstrip("/")
    served = scripts()
    if args.json:
        listed = [
            {"url": base + s.url, "integrity": s.integrity, "bytes": len(s.plain), "br_bytes": len(s.br)}
            for s in served.values()
        ]
        print(json.dumps({"scripts": listed}))
        return 0
    agent = served["/agent.js"]
    app = html.escape(settings.app or "shop")
    print(f'<script src="{html.escape(base + agent.url)}" integrity="{agent.integrity}" crossorigin="anonymous"')
    print(f'        data-snag-app="{app}"></script>')
    return 0
