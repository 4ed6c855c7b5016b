"""Install the boards in a running Grafana.

The token is that of a service account with the role Editor: `--token-file FILE`, or GRAFANA_TOKEN in the environment, or
`--token`, which other users of this machine can read in the list of processes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

import aiohttp

from collector.errors import Failed
from collector.integrations.grafana import FOLDER_UID, Board, Grafana, GrafanaRefused, Installed, boards, checked
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`install` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    install = actions.add_parser("install", parents=[common], help="Create the boards in a Grafana, or update them")
    install.add_argument(
        "--url", required=True, metavar="URL", help="address of Grafana, for example https://grafana.example/grafana"
    )
    install.add_argument(
        "--token", metavar="TOKEN", help="token of a service account; --token-file or GRAFANA_TOKEN are safer"
    )
    install.add_argument("--token-file", type=Path, metavar="FILE", help="file that contains the token only")
    install.add_argument("--folder", default="Snagwatch", metavar="NAME", help="name of the folder, if it is created")
    install.add_argument("--folder-uid", default=FOLDER_UID, metavar="UID", help="uid of the folder")
    install.add_argument(
        "--only",
        action="append",
        metavar="UID",
        help="install this board only, for example snag-support; may be repeated (default: all)",
    )
    install.add_argument(
        "--overwrite", action="store_true", help="replace boards with these uids that others made or changed"
    )
    install.add_argument("--json", action="store_true", help="print JSON")
    listed = actions.add_parser("list", parents=[common], help="List the boards")
    listed.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """0: all boards are installed; 1: they are, but a data source that they need is missing."""
    if args.action == "list":
        known = [{"uid": b["uid"], "title": b["title"], "description": b["description"]} for b in boards()]
        print(json.dumps(known) if args.json else "\n".join(f"{b['uid']:<16} {b['description']}" for b in known))
        return 0
    chosen = _boards(args.only)
    try:
        checked(args.url)
        done, missing = asyncio.run(_install(args, chosen, _token(args)))
    except GrafanaRefused as error:
        raise Failed(str(error)) from None
    if args.json:
        print(json.dumps({"boards": [one._asdict() for one in done], "missing_data_sources": missing}))
    else:
        print("\n".join(f"{one.done:<9} {one.title:<26} {one.url}" for one in done))
    for kind in missing:
        print(
            f"snag: this Grafana has no data source for {kind}; boards stay empty until it has one",
            file=sys.stderr,
        )
    return 1 if missing else 0


def _boards(only: list[str] | None) -> list[Board]:
    known = {board["uid"]: board for board in boards()}
    for uid in only or ():
        if uid not in known:
            raise Failed(f"--only: {uid[:80]!r} is not a board; expected one of {', '.join(known)}")
    return [board for uid, board in known.items() if not only or uid in only]


def _token(args: argparse.Namespace) -> str:
    if args.token_file:
        try:
            token = Path(args.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Failed(f"--token-file: cannot read {args.token_file}: {getattr(error, 'strerror', error)}") from None
    else:
        token = str(args.token or os.environ.get("GRAFANA_TOKEN", "")).strip()
    if not token:
        raise Failed("no token; expected --token-file FILE, or GRAFANA_TOKEN in the environment")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Failed("the token contains spaces, line ends or letters that no Grafana token has")
    return token


async def _install(args: argparse.Namespace, chosen: list[Board], token: str) -> tuple[list[Installed], list[str]]:
    async with aiohttp.ClientSession() as session:
        grafana = Grafana(session, args.url, token)
        missing = await grafana.missing(chosen)
        await grafana.folder(args.folder, args.folder_uid)
        done = [await grafana.install(board, args.folder_uid, overwrite=args.overwrite) for board in chosen]
    return done, missing
