"""`snag contacts confirm` and `snag contacts refuse`: whether a verdict was right, and how reliable verdicts are here."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from collector.errors import Failed
from collector.settings import Settings
from collector.store.queries.surges import Kept, Review
from collector.store.sql_port.owner import open_store
from collector.store.surges import keep_review, kept, reviews
from collector.surges.find import NoSite, chosen_app
from collector.surges.history import read_account
from collector.surges.wording import VERDICT_NAMES, probability

REACH = timedelta(days=400)
"""Surges that are older than the year that is kept cannot be reviewed."""

SHORTEST = 4
"""Characters of an id that have to be given."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The surge, by the id that `snag contacts surges` shows."""
    parser.add_argument(
        "surge", metavar="ID", help="id of the surge, or its first characters: see `snag contacts surges`"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Store the review, then print how often verdicts were right on this site."""
    now = datetime.now(UTC)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = chosen_app(store, settings.app)
        row = chosen(args.surge, kept(store, app, now - REACH, now))
        surge = read_account(row.account)
        stated = surge.stated if surge.stated is not None else surge.confidence
        is_right = args.action == "confirm"
        keep_review(store, app, Review(row.surge_id, surge.verdict, stated, is_right), now)
        known = reviews(store, app)
    except NoSite as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    print(f"{'Confirmed' if is_right else 'Refused'}: {VERDICT_NAMES.get(surge.verdict, surge.verdict)}.")
    print(reliability_table(known))
    return 0


def chosen(start: str, surges: Sequence[Kept]) -> Kept:
    """The one surge whose id starts so. Raises Failed."""
    fitting = [row for row in surges if str(row.surge_id).startswith(start.lower())]
    if len(start) < SHORTEST or len(fitting) > 1:
        raise Failed(f"{start!r} may be several surges; give at least {SHORTEST} characters of the id, or more")
    if not fitting:
        raise Failed(f"no surge with an id that starts with {start!r}; `snag contacts surges` lists them")
    return fitting[0]


def reliability_table(known: Sequence[Review]) -> str:
    """How often verdicts were right here, beside the mean confidence that they stated."""
    lines = [f"Reliability on this site, from {len(known)} reviewed verdicts:"]
    for verdict in sorted({review.verdict for review in known}):
        mine = [review for review in known if review.verdict == verdict]
        said = [review.stated for review in mine if review.stated is not None]
        mean = f"; stated {probability(sum(said) / len(said))}" if said else ""
        right = sum(review.is_right for review in mine)
        lines.append(f"  {VERDICT_NAMES.get(verdict, verdict)}: {right} of {len(mine)} right{mean}")
    return "\n".join(lines)
