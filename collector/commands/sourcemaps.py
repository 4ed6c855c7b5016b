"""Upload the source maps of a release, so that `snag friction show` can name the place of an error in the source.

Only positions and names are stored: the text of the sources is omitted. The collector never serves the maps.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.table import Table

from collector.commands.tables import show
from collector.errors import Failed
from collector.settings import Settings
from collector.sourcemaps.decode import MAX_BYTES, BadSourceMap, SourceMap
from collector.store.source_maps import keep_map, kept_maps
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, only_app
from collector.times import clock, zone


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`upload` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="upload|list")
    upload = actions.add_parser("upload", parents=[common], help="Upload the maps of one release")
    upload.add_argument("--release", required=True, metavar="RELEASE", help="the release, as in data-snag-release")
    upload.add_argument("--prefix", default="", metavar="PATH", help="path of the files on the server")
    upload.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a .map file, or a folder with .map files")
    listed = actions.add_parser("list", parents=[common], help="List the stored maps")
    for action in (upload, listed):
        action.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Upload or list the maps. A file that is not a source map stops it before anything is stored."""
    maps = _read(args.files, args.prefix) if args.action == "upload" else {}
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
    return 0


def _read(paths: list[Path], prefix: str) -> dict[str, str]:
    """Every map by the path of its script, without the sources' text."""
    maps: dict[str, str] = {}
    for path in paths:
        within = sorted(path.rglob("*.map")) if path.is_dir() else [path]
        if not within:
            raise Failed(f"{path}: no .map files in this folder")
        for file in within:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            script = "/".join(filter(None, [prefix.strip("/"), name.removesuffix(".map")]))
            if script in maps:
                raise Failed(f"{file}: two maps of {script}; upload their folder, or use --prefix")
            maps[script] = _content(file)
    return maps


def _content(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise Failed(f"{file}: {size:,} bytes is out of range; expected at most {MAX_BYTES:,}")
        return SourceMap(file.read_bytes()).without_text()
    except OSError as error:
        raise Failed(f"cannot read {file}: {error.strerror}") from None
    except BadSourceMap as error:
        raise Failed(f"{file} is not a valid source map: {error}") from None
