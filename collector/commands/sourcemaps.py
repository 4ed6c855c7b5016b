"""Upload the source maps of a release, so that `snag friction show` can name the place of an error in the source.

Only positions and names are stored: the text of the sources is omitted. The collector never serves the maps.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from rich.table import Table

from collector.commands.tables import show
from collector.errors import Failed
from collector.settings import Settings
from collector.sourcemaps.decode import MAX_BYTES, BadSourceMap, SourceMap
from collector.sourcemaps.receive import PATH
from collector.sourcemaps.scripts import Scripts
from collector.store.source_maps import keep_map, kept_maps
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, only_app
from collector.times import clock, zone

SEND_S = 60
"""Longest wait for one map."""


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`upload` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="upload|list")
    upload = actions.add_parser("upload", parents=[common], help="Upload the maps of one release")
    upload.add_argument("--release", required=True, metavar="RELEASE", help="the release, as in data-snag-release")
    upload.add_argument("--prefix", default="", metavar="PATH", help="path of the files on the server")
    upload.add_argument(
        "--url", metavar="URL", help="private port of the collector (default: the store of this machine)"
    )
    upload.add_argument(
        "--token",
        dest="sourcemaps_token",
        default=argparse.SUPPRESS,
        metavar="TOKEN",
        help="short for --sourcemaps-token (default: SNAG_SOURCEMAPS_TOKEN)",
    )
    upload.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a .map file, or a folder with .map files")
    listed = actions.add_parser("list", parents=[common], help="List the stored maps")
    for action in (upload, listed):
        action.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Upload or list the maps. A file that is not a source map is named, and keeps none of the others back."""
    maps, bad = _read(args.files, args.prefix) if args.action == "upload" else ({}, [])
    for complaint in bad:
        print(f"snag: {complaint}", file=sys.stderr)
    if args.action == "upload" and not maps:
        raise Failed("no source map was uploaded")
    if args.action == "upload" and args.url:
        return _send(args, settings, maps) or bool(bad)
    if settings.store_dsn.startswith("chdb:") and not Path(urlsplit(settings.store_dsn).path).exists():
        raise Failed(
            f"there is no store at {settings.store_dsn}; give --url and --token of a collector, or start `snag serve`"
        )
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = settings.app or only_app(store)
        for file, content in maps.items():
            keep_map(store, app, args.release, file, content)
        stored = kept_maps(store, app)
    except NoSite as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.action == "upload":
        stored = [row for row in stored if row.release == args.release and row.file in maps]
    rows = [row._asdict() | {"uploaded_ts": row.uploaded_ts.isoformat()} for row in stored]
    if args.json:
        print(json.dumps({"app": app, "source_maps": rows}))
    elif args.action == "upload":
        print(f"Stored {len(rows)} source map(s) of {app} {args.release}, without the sources' text.")
    else:
        table = Table("release", "script", "uploaded", "bytes", title=f"Source maps of {app}", title_justify="left")
        for row in stored:
            uploaded = clock(row.uploaded_ts, zone(settings.time_zone))
            table.add_row(row.release, row.file, uploaded, f"{row.bytes:,}")
        if stored:
            show(table)
        else:
            print(f"No source maps of {app}. To upload some: snag sourcemaps upload --release RELEASE dist")
    return int(bool(bad))


def _send(args: argparse.Namespace, settings: Settings, maps: dict[str, str]) -> int:
    """Leave each map with a running collector."""
    token, app = settings.sourcemaps_token, settings.app
    if not token or not app:
        raise Failed(
            "--url also needs --token and --app"
            if not token
            else "--url also needs --app: the site whose maps these are"
        )
    for file, content in maps.items():
        query = urlencode({"app": app, "release": args.release, "file": file})
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(f"{args.url.rstrip('/')}{PATH}?{query}", content.encode(), headers)  # noqa: S310 - checked below
        if request.type not in ("http", "https"):
            raise Failed(f"--url: {args.url!r} is not a web address; expected http://HOST:8801")
        try:
            with urlopen(request, timeout=SEND_S) as answer:  # noqa: S310 - http or https
                answer.read()
        except HTTPError as error:
            raise Failed(
                f"{file}: the collector answered {error.code}: {error.read().decode(errors='replace')[:300]}"
            ) from None
        except OSError as error:
            raise Failed(f"{args.url}: {error}") from None
    print(
        json.dumps({"app": app, "sent": sorted(maps)})
        if args.json
        else f"Sent {len(maps)} source map(s) of {app} {args.release}."
    )
    return 0


def _read(paths: list[Path], prefix: str) -> tuple[dict[str, str], list[str]]:
    """Every map by the path of its script, without the sources' text; and what is wrong with the others."""
    maps: dict[str, str] = {}
    bad: list[str] = []
    for path in paths:
        folder = path if path.is_dir() else path.parent
        within = sorted(path.rglob("*.map")) if path.is_dir() else [path]
        if not within:
            raise Failed(f"{path}: no .map files in this folder")
        scripts = Scripts(folder)
        for file in within:
            try:
                read = _map(file)
            except Failed as error:
                bad.append(str(error))
                continue
            own = file.relative_to(folder).as_posix().removesuffix(".map")
            named = scripts.of(file, read.debug_id)
            if not named and path.is_dir():
                print(f"snag: {file}: no script in {folder} names it; it is kept for {own}", file=sys.stderr)
            script = "/".join(filter(None, [prefix.strip("/"), named or own]))
            if script in maps:
                raise Failed(f"{file}: two maps of {script}; upload their folder, or use --prefix")
            maps[script] = read.without_text()
    return maps, bad


def _map(file: Path) -> SourceMap:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise Failed(f"{file}: {size:,} bytes is out of range; expected at most {MAX_BYTES:,}")
        return SourceMap(file.read_bytes())
    except OSError as error:
        raise Failed(f"cannot read {file}: {error.strerror}") from None
    except BadSourceMap as error:
        raise Failed(f"{file} is not a valid source map: {error}") from None
