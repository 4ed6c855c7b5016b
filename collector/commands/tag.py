"""Print the tag for a site's pages: inline stub, script with its hash, and what a content security policy names."""

from __future__ import annotations

import argparse
import html
import json

from collector.intake.agent_scripts import Script, inline_hash, scripts, stub
from collector.settings import Settings

CONSENT = ("none", "necessary", "measurement", "full")


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The public address of the collector, and what the tag says."""
    parser.add_argument("--url", default="https://COLLECTOR", metavar="URL", help="public address of the collector")
    parser.add_argument("--release", metavar="VERSION", help="version of the site (default: none)")
    parser.add_argument("--env", metavar="NAME", help="environment, such as production (default: none)")
    parser.add_argument(
        "--consent",
        choices=CONSENT,
        metavar="LEVEL",
        help=f"consent level of the page: {', '.join(CONSENT)} (default: measurement)",
    )
    parser.add_argument("--hosts", metavar="HOSTS", help="further hosts of the site, comma-separated (default: none)")
    parser.add_argument("--json", action="store_true", help="print every script with its URL and hash as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the tag. Needs no running collector: this version's scripts are installed with it."""
    base = args.url.rstrip("/")
    served = scripts()
    inline = stub()
    if args.json:
        listed = [
            {"url": base + s.url, "integrity": s.integrity, "bytes": len(s.plain), "br_bytes": len(s.br)}
            for s in served.values()
        ]
        print(json.dumps({"scripts": listed, "stub": inline, "stub_hash": inline_hash(inline)}))
        return 0
    print(f"<script>{inline}</script>")
    print(tag(base, served["/agent.js"], settings.app or "shop", args))
    print()
    print("<!-- With a content security policy, name the stub by its hash, and the collector:")
    print(f"     script-src '{inline_hash(inline)}' {base}; connect-src {base}")
    print('     or give both scripts your nonce: <script nonce="NONCE">...</script>')
    print("     Optional scripts, by their hashes:")
    for script in served.values():
        if script.path != "/agent.js":
            print(f"     {script.path} {script.integrity}")
    print("-->")
    return 0


def tag(base: str, agent: Script, app: str, args: argparse.Namespace) -> str:
    """Return the tag of the agent's script, which blocks nothing."""
    given = {"app": app, "release": args.release, "env": args.env, "consent": args.consent, "hosts": args.hosts}
    words = "".join(f' data-snag-{name}="{html.escape(value)}"' for name, value in given.items() if value)
    address = html.escape(base + agent.url)
    return (
        f'<script async src="{address}" integrity="{agent.integrity}" crossorigin="anonymous"\n       {words}></script>'
    )
