"""How many contacts have a reason, by which rule, and what the others are about."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from collector.commands.tables import print_rows
from collector.contacts.reasons import suggest
from collector.errors import Failed
from collector.settings import Settings
from collector.store.queries import contacts as contact_queries
from collector.store.sql_port.owner import open_store
from collector.times import BadTime, since, zone


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """show, suggest."""
    actions = parser.add_subparsers(dest="what", required=True, metavar="show|suggest")
    for name, text in (
        ("show", "Show contacts by reason and rule; those without one first"),
        ("suggest", "Suggest rules for contacts without a reason (needs subjects = true)"),
    ):
        action = actions.add_parser(name, parents=[common], help=text)
        action.add_argument("--since", default="30d", metavar="TIME", help="start: 30d or a time")
        action.add_argument("--json", action="store_true", help="print JSON lines")
    actions.choices["suggest"].add_argument(
        "--limit", type=int, default=10, metavar="N", help="maximum number of suggestions"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print them."""
    try:
        start = since(args.since, datetime.now(UTC), zone(settings.time_zone))
    except BadTime as error:
        raise Failed(str(error)) from None
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        if args.what == "show":
            found = contact_queries.reasons(store, start=start)
            total = sum(row.contacts for row in found) or 1
            named = [(reason or "(none)", rule, n, f"{100 * n / total:.1f} %") for reason, rule, n in found]
            return print_rows(["contact_reason", "reason_rule", "contacts", "share"], named, args)
        subjects = [row.subject_redacted for row in contact_queries.subjects_without_reason(store, start=start)]
    finally:
        store.close()
    if not subjects:
        raise Failed(
            "no contact without a reason has a subject; switch them on with `subjects = true` in the sources file, or "
            "--subjects of the import: they are kept redacted"
        )
    rows = [
        (" ".join(one.words), one.contacts, one.example, f"(?i)\\b({'|'.join(one.words)})")
        for one in suggest(subjects, args.limit)
    ]
    return print_rows(["words", "contacts", "example", "subject"], rows, args)
