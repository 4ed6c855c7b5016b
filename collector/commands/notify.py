"""Test the notification channels: `snag notify test` sends one message over every channel of SNAG_NOTIFY_FILE."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from collector.commands.tables import print_rows
from collector.errors import Failed
from collector.notify.channels import NotSent, channels
from collector.notify.config import BadNotify, load
from collector.notify.message import trial
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`test`."""
    what = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    test = what.add_parser("test", help="Send a test message over every channel", parents=[common])
    test.add_argument(
        "--channel",
        choices=("webhook", "slack", "email"),
        metavar="CHANNEL",
        help="only this channel: webhook, slack or email (default: all)",
    )
    test.add_argument("--json", action="store_true", help="print JSON lines")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Send a test and print the results. Returns 1 if a channel did not accept it."""
    try:
        configured = channels(load(settings.notify_file))
    except BadNotify as error:
        raise Failed(str(error)) from None
    chosen = [channel for channel in configured if args.channel in (None, channel.name)]
    if not chosen:
        what = f"[{args.channel}] is not in" if args.channel and configured else "no channel is configured:"
        raise Failed(f"{what} SNAG_NOTIFY_FILE ({settings.notify_file or 'not set'}); see docs/notifications.md")
    message = trial(datetime.now(UTC))
    rows = []
    for channel in chosen:
        try:
            channel.send(message)
            rows.append((channel.name, "sent", ""))
        except NotSent as error:
            rows.append((channel.name, "failed", str(error)))
    return print_rows(("channel", "result", "error"), rows, args, failed=any(row[1] != "sent" for row in rows))
