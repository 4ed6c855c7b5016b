"""Import support contacts, poll sources for changes, or explain why there are more contacts than usual.

A CSV's first line names its columns, each line of NDJSON is an object: source_contact_id, created_ts, channel, and if you
have them updated_ts, status, contact_reason and the others of docs/contacts.md. Other columns are not read: names,
addresses and texts stay where they are. Importing a file again changes nothing; a corrected line replaces the one with
its id. Counts of intervals (offered, answered, abandoned) are known by their columns.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from collector.commands import correlate
from collector.commands.contacts import import_file, linked, pull, review, surges
from collector.commands.contacts import reasons as reasons_command
from collector.commands.contacts.import_file import Reading
from collector.contacts import intervals, reasons, schema
from collector.contacts.intervals import IntervalReader
from collector.contacts.mapping import Mapped
from collector.contacts.records import Lost, lenient
from collector.contacts.requesters import subject_of
from collector.contacts.schema import CHANNELS, Door, plain
from collector.contacts.vendors import ADAPTERS
from collector.errors import Failed
from collector.settings import Settings
from collector.store import Store


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`import`, `pull`, `reasons`, `why`, `surges`, `confirm`, `refuse` and `linked`."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="import|pull|reasons|why|surges|confirm|refuse|linked"
    )
    take = actions.add_parser(
        "import",
        parents=[common],
        help="Import a file of contacts, or a table of your own",
        description=__doc__,
    )
    import_file.arguments(take)
    take.add_argument(
        "--kind",
        choices=sorted(ADAPTERS),
        default="plain",
        metavar="VENDOR",
        help=f"NDJSON in a vendor's format: {', '.join(sorted(ADAPTERS))}",
    )
    take.add_argument(
        "--intervals",
        action="store_true",
        help="the file holds counts of intervals, whatever its columns",
    )
    take.add_argument(
        "--interval", metavar="DURATION", help="length of the intervals, if no column has it: 30m, 900s or 1h"
    )
    take.add_argument("--rules", type=Path, metavar="FILE", help="TOML file with rules for contact reasons")
    take.add_argument("--subjects", action="store_true", help="store subjects, redacted")
    take.add_argument(
        "--complete-through", metavar="TIME", help="time up to which contacts are complete (default: the newest)"
    )
    pull.arguments(actions.add_parser("pull", parents=[common], help="Poll the sources for changes"))
    reasons_command.arguments(
        actions.add_parser("reasons", parents=[common], help="Show how many contacts have a reason, and suggest rules"),
        common,
    )
    why = actions.add_parser(
        "why", parents=[common], help="Explain whether contacts are above normal, and what they follow"
    )
    correlate.arguments(why, common)
    surges.arguments(actions.add_parser("surges", parents=[common], help="List stored surges and their lead times"))
    for action, words in (("confirm", "Confirm that a surge's verdict is right"), ("refuse", "Say that it is wrong")):
        review.arguments(actions.add_parser(action, parents=[common], help=words))
    linked.arguments(
        actions.add_parser(
            "linked",
            parents=[common],
            help="Compare contact rates of visits with and without friction",
        )
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; `import` returns 1 if a line was refused."""
    actions = {
        "import": _import,
        "pull": pull.run,
        "reasons": reasons_command.run,
        "why": correlate.run,
        "surges": surges.run,
        "confirm": review.run,
        "refuse": review.run,
        "linked": linked.run,
    }
    return actions[args.action](args, settings)


def _import(args: argparse.Namespace, settings: Settings) -> int:
    source = import_file.source_of(args)
    adapter = ADAPTERS[args.kind]
    if _of_intervals(args):
        return import_file.run(
            args, settings, source, "intervals", lambda store: _intervals(args, settings, source, store)
        )

    def reading(store: Store) -> Reading:
        mapped = import_file.mapping(args, tuple(schema.FIELDS))
        door = _door(args, settings, source, mapped, store)
        if args.kind == "plain":
            lost: Counter[Lost] = Counter()
            read = lenient(lambda one: schema.read(one, door), door, lost)
            return Reading((*schema.FIELDS,), schema.REQUIRED, read, mapped, lost=lost)
        over = mapped.over(adapter.mapped)
        return Reading((), (), lambda one: schema.read(one, door), over, lambda found: adapter.records(found, over))

    return import_file.run(args, settings, source, "contacts", reading)


def _intervals(args: argparse.Namespace, settings: Settings, source: str, store: Store) -> Reading:
    adapter = ADAPTERS[args.kind]
    mapped = import_file.mapping(args, intervals.FIELDS)
    read = IntervalReader(_door(args, settings, source, mapped, store), _seconds(args.interval))
    if args.kind == "plain":
        return Reading(intervals.FIELDS, intervals.REQUIRED, read, mapped)
    over = mapped.over(adapter.mapped)
    return Reading((), (), read, over, lambda found: adapter.records(found, over))


def _door(args: argparse.Namespace, settings: Settings, source: str, mapped: Mapped, store: Store) -> Door:
    try:
        rules = reasons.load(args.rules) if args.rules else None
    except reasons.BadRules as error:
        raise Failed(str(error)) from None
    return Door(
        source,
        import_file.now_ms(),
        import_file.time_zone(args, mapped, settings),
        mapped.time_form,
        dict(_channel(text) for text in args.channel),
        import_file.keys(args, settings, source, store),
        subject_of(args.subjects),
        rules,
        ADAPTERS[args.kind].channel,
    )


def _of_intervals(args: argparse.Namespace) -> bool:
    """Whether the file holds counts: it is said, the vendor's are, or its header names `offered` and no contact's id."""
    if args.intervals or ADAPTERS[args.kind].intervals:
        return True
    if args.file is None or args.kind != "plain" or args.mapping:
        return False
    try:
        with args.file.open(encoding="utf-8-sig", errors="replace") as file:
            first = file.readline(65_536)
    except OSError:
        return False
    named = {
        text.strip(' "\r\n').partition("=")[0] for text in [*first.replace(";", ",").replace("\t", ",").split(",")]
    }
    named |= {text.partition("=")[0] for text in args.column}
    return "offered" in named and "source_contact_id" not in named


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    units = {"s": 1, "m": 60, "h": 3600}
    if not text[:-1].isdecimal() or text[-1:] not in units or not 0 < int(text[:-1]) * units[text[-1]] <= 86_400:
        raise Failed(f"--interval: {text[:80]!r} is not a valid duration; expected 30m, 900s or 1h")
    return int(text[:-1]) * units[text[-1]]


def _channel(text: str) -> tuple[str, str]:
    theirs, _, ours = text.rpartition("=")
    if ours not in CHANNELS or not theirs:
        raise Failed(f"--channel: {text[:80]!r} is not valid; expected THEIRS=OURS, OURS one of {', '.join(CHANNELS)}")
    return plain(theirs), ours
