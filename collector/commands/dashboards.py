"""Put the Grafana boards into a running Grafana.

The token is a service account's with the role Editor: `--token-file FILE`, or the environment's GRAFANA_TOKEN, or `--token`,
which other users of this machine can read in its list of processes.
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
    """install and list."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    install = actions.add_parser("install", parents=[common], help="create them in a Grafana, or bring them up to date")
    install.add_argument("--url", required=True, help="Grafana's address, such as https://grafana.example/grafana")
    install.add_argument("--token", help="a service account's token; better by --token-file or GRAFANA_TOKEN")
    install.add_argument("--token-file", type=Path, metavar="FILE", help="file with the token alone")
    install.add_argument("--folder", default="Snagwatch", help="name of the folder, where it is not there yet")
    install.add_argument("--folder-uid", default=FOLDER_UID, metavar="UID", help=f"its uid; {FOLDER_UID} if not given")
    install.add_argument(
        "--only",
        action="append",
        metavar="UID",
        help="these boards alone, such as snag-support; may be repeated",
    )
    install.add_argument("--overwrite", action="store_true", help="also what others made or changed under these uids")
    install.add_argument("--json", action="store_true", help="for machines")
    listed = actions.add_parser("list", parents=[common], help="say which there are")
    listed.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """0: all boards are there; 1: they are, and a data source that they ask is missing."""
    if args.action == "list":
        known = [{"uid": b["uid"], "title": b["title"], "description": b["description"]} for b in boards()]
        print(json.dumps(known) if args.json else "\n".join(f"{b['uid']:<16} {b['description']}" for b in known))
        return 0
    wanted = _wanted(args.only)
    try:
        checked(args.url)
        done, missing = asyncio.run(_install(args, wanted, _token(args)))
    except GrafanaRefused as error:
        raise Failed(str(error)) from None
    if args.json:
        print(json.dumps({"boards": [one._asdict() for one in done], "missing_data_sources": missing}))
    else:
        print("\n".join(f"{one.done:<9} {one.title:<26} {one.url}" for one in done))
    for kind in missing:
        print(
            f"snag: this Grafana has no data source for {kind}: boards stay empty until it has",
            file=sys.stderr,
        )
    return 1 if missing else 0


def _wanted(only: list[str] | None) -> list[Board]:
    known = {board["uid"]: board for board in boards()}
    for uid in only or ():
        if uid not in known:
            raise Failed(f"--only {uid}: there is no such board; there are {', '.join(known)}")
    return [board for uid, board in known.items() if not only or uid in only]


def _token(args: argparse.Namespace) -> str:
    if args.token_file:
        try:
            token = Path(args.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Failed(f"--token-file {args.token_file} cannot be read: {error}") from None
    else:
        token = str(args.token or os.environ.get("GRAFANA_TOKEN", "")).strip()
    if not token:
        raise Failed("a token is needed: --token-file FILE, or GRAFANA_TOKEN in the environment")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Failed("the token has spaces, line ends or letters that no token of Grafana has")
    return token


async def _install(args: argparse.Namespace, wanted: list[Board], token: str) -> tuple[list[Installed], list[str]]:
    async with aiohttp.ClientSession() as session:
        grafana = Grafana(session, args.url, token)
        missing = await grafana.missing(wanted)
        await grafana.folder(args.folder, args.folder_uid)
        done = [await grafana.install(one, args.folder_uid, overwrite=args.overwrite) for one in wanted]
    return done, missing
