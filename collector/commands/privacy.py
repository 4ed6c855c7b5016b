"""Erase a person's data, report what is stored, rotate the key: `snag privacy erase|report|rotate`.

`erase --subject SOURCE:ID` removes everything of a requester from the tables, the queue and the quarantine, and
suppresses the person in later imports; with or without a running collector. Earlier backups still hold the rows: the
proof says until when."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from collector.commands.tables import print_rows
from collector.errors import Failed
from collector.privacy.erase import BadSubject, erase, subject
from collector.privacy.keys import FILE, BadKeys, load_keys
from collector.privacy.report import SHEET, kept
from collector.settings import Settings
from collector.spool import SpoolInUse
from collector.spool.folder import lock, recover, sealed_in
from collector.spool.quarantine import QUARANTINE, folders
from collector.spool.segment import OPEN
from collector.store.sql_port.owner import open_store

WAIT_S = 60
"""How long a running collector may take to ship what was queued earlier."""


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`erase`, `report` and `rotate`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="erase|report|rotate")
    forget = actions.add_parser(
        "erase", parents=[common], help="Erase one person's data everywhere", description=__doc__
    )
    forget.add_argument(
        "--subject",
        required=True,
        metavar="WHO",
        help="SOURCE:ID as in the source, a key of 32 hexadecimal digits, or session:CODE",
    )
    forget.add_argument("--json", action="store_true", help="print the proof as JSON")
    say = actions.add_parser(
        "report", parents=[common], help="Report what is stored, where, how long, under which keys"
    )
    say.add_argument("--json", action="store_true", help="print JSON lines")
    say.add_argument("--csv", action="store_true", help="print CSV with a header")
    actions.add_parser("rotate", parents=[common], help="Hash requesters with a new secret from now on")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run one of them."""
    try:
        return {"erase": _erase, "report": _report, "rotate": _rotate}[args.action](args, settings)
    except (BadSubject, BadKeys) as error:
        raise Failed(str(error)) from None


def _erase(args: argparse.Namespace, settings: Settings) -> int:
    who = subject(args.subject, load_keys(settings.data_dir, settings.requester_keys))
    queue = settings.spool_path
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        with _queue(queue) as ours:
            proof = erase(
                store,
                who,
                folders=lambda: folders(queue) if ours else [],
                quarantine=queue / QUARANTINE,
                drained=lambda: None if ours else _drained(queue),
            )
    finally:
        store.close()
    rows = sum(proof.removed.values())
    if args.json:
        print(json.dumps(proof._asdict() | {"subject_key": proof.subject_key.hex()}, default=str))
    else:
        print(f"erased: {rows} rows and lines ({_listed(proof.removed)}); proof {proof.request_id}")
        print(
            f"Backups made before {proof.done_ts:%Y-%m-%d %H:%M} UTC still hold them; after restoring one, erase again."
        )
    return 0


def _listed(removed: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(removed.items())) or "nothing was stored"


@contextmanager
def _queue(queue: Path) -> Iterator[bool]:
    """Own the queue while inside; gives False where a running collector does."""
    if not queue.is_dir():
        yield True
        return
    try:
        held = lock(queue)
    except SpoolInUse:
        yield False
        return
    try:
        for folder in folders(queue):
            recover(folder)
        yield True
    finally:
        os.close(held)


def _drained(queue: Path) -> None:
    """Wait until what is queued now was shipped."""
    before = {file for folder in folders(queue) for file in (*sealed_in(folder), *folder.glob(f"*{OPEN}"))}
    end = time.monotonic() + WAIT_S
    while left := [file for file in before if _holds(file)]:
        if time.monotonic() > end:
            raise Failed(
                f"the collector did not ship {len(left)} files of its queue within {WAIT_S} s; check its store. "
                "The person stays suppressed; run this again to continue"
            )
        time.sleep(0.2)


def _holds(file: Path) -> bool:
    """Whether it still has lines: one that is being written is sealed under another name, or has nothing in it."""
    with contextlib.suppress(OSError):
        return file.stat().st_size > 0
    sealed = file.with_suffix(".ndjson")
    return sealed != file and sealed.exists()


def _report(args: argparse.Namespace, settings: Settings) -> int:
    keys = load_keys(settings.data_dir, settings.requester_keys)
    where = "SNAG_REQUESTER_KEYS" if settings.requester_keys else str(Path(settings.data_dir) / FILE)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        rows = kept(store, settings.spool_path, where, [one.since_ts for one in keys.live])
    finally:
        store.close()
    names = ("what", "where", "rows", "oldest", "kept_days", "of_people")
    print_rows(names, rows, args)
    if not (args.json or args.csv):
        _sheet(settings)
    return 0


def _sheet(settings: Settings) -> None:
    print("\nSelf-assessment: measurement of the site's own audience without consent (docs/privacy.md)")
    for question, held in SHEET:
        print(f"  [{held(settings)}] {question}")


def _rotate(args: argparse.Namespace, settings: Settings) -> int:
    if settings.requester_keys:
        raise Failed("the keys come from SNAG_REQUESTER_KEYS; put a new secret second there, and restart")
    now = datetime.now(UTC)
    before = load_keys(settings.data_dir)
    after = before.rotated(now, settings.keep_contacts_days)
    after.write(Path(settings.data_dir) / FILE)
    gone = len(before.live) + 1 - len(after.live)
    print(f"Requesters are hashed with a new secret: {len(after.live)} in use, {gone} destroyed. Restart `snag serve`.")
    return 0
