"""Keep the source maps of a release, so that `snag friction show` can say where an error was written.

Only positions and names are kept: the text of the sources is left out. The maps are never given out by the collector.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from rich.console import Console
from rich.table import Table

from collector.errors import Failed
from collector.settings import Settings
from collector.sourcemaps.decode import MAX_BYTES, BadSourceMap, SourceMap
from collector.sourcemaps.receive import PATH
from collector.store.source_maps import keep_map, kept_maps
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, only_app

SEND_S = 60
"""Longest wait for one map."""


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`upload` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="upload|list")
    upload = actions.add_parser("upload", parents=[common], help="keep the maps of one release")
    upload.add_argument("--release", required=True, metavar="R", help="as data-snag-release says it")
    upload.add_argument("--prefix", default="", metavar="PATH", help="what the server puts before the files' paths")
    upload.add_argument(
        "--url", metavar="URL", help="private port of the collector (default: the store of this machine)"
    )
    upload.add_argument(
        "--token", metavar="TOKEN", help="the collector's token for source maps (default: SNAG_SOURCEMAPS_TOKEN)"
    )
    upload.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a .map file, or a folder that holds some")
    listed = actions.add_parser("list", parents=[common], help="say which maps are there")
    for action in (upload, listed):
        action.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Keep the maps or list them. A file that is no source map stops it before anything is kept."""
    maps = _read(args.files, args.prefix) if args.action == "upload" else {}
    if args.action == "upload" and args.url:
        return _send(args, settings, maps)
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
        there = kept_maps(store, app)
    except NoSite as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.action == "upload":
        there = [one for one in there if one.release == args.release and one.file in maps]
    found = [one._asdict() | {"uploaded_ts": one.uploaded_ts.isoformat()} for one in there]
    if args.json:
        print(json.dumps({"app": app, "source_maps": found}))
    elif args.action == "upload":
        print(f"Kept {len(found)} source map(s) of {app} {args.release}, without the sources' text.")
    else:
        table = Table("release", "script", "kept", "bytes", title=f"Source maps of {app}", title_justify="left")
        for one in there:
            table.add_row(one.release, one.file, f"{one.uploaded_ts:%d %b %Y %H:%M} UTC", f"{one.bytes:,}")
        Console().print(table if there else f"No source maps of {app}: `snag sourcemaps upload --release R dist`.")
    return 0


def _send(args: argparse.Namespace, settings: Settings, maps: dict[str, str]) -> int:
    """Leave each map with a running collector."""
    token, app = args.token or settings.sourcemaps_token, settings.app
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


def _read(paths: list[Path], prefix: str) -> dict[str, str]:
    """Every map by the script's path, without its sources' text."""
    maps: dict[str, str] = {}
    for path in paths:
        within = sorted(path.rglob("*.map")) if path.is_dir() else [path]
        if not within:
            raise Failed(f"{path} holds no .map file")
        for file in within:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            script = "/".join(filter(None, [prefix.strip("/"), name.removesuffix(".map")]))
            if script in maps:
                raise Failed(f"{file}: there are two maps of {script}; upload their folder, or use --prefix")
            maps[script] = _content(file)
    return maps


def _content(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise Failed(f"{file} has {size} bytes, more than a source map's {MAX_BYTES}")
        return SourceMap(file.read_bytes()).without_text()
    except OSError as error:
        raise Failed(f"{file} cannot be read: {error.strerror}") from None
    except BadSourceMap as error:
        raise Failed(f"{file} is no source map: {error}") from None
