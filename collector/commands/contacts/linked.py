"""Evidence from visits that are linked to a contact, where visitors agreed to it: `snag contacts linked`.

It stands beside the verdicts and never enters them: few visitors agree, and those who do may differ from the others."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from collector.commands import correlate
from collector.errors import Failed
from collector.metrics.intervals import wilson
from collector.metrics.risk_ratio import FEWEST, risk_ratio
from collector.settings import Settings
from collector.store.queries import contacts as contact_queries
from collector.store.queries.contacts import LinkedRow
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, chosen_app
from collector.surges.wording import KIND_WORDS


def arguments(parser: argparse.ArgumentParser) -> None:
    """The time, and how to print it."""
    correlate.add_period(parser, "30d")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print, for each kind of friction, how often those who met it made contact within a day, and the others."""
    if settings.consent_profile:
        raise Failed(
            f"SNAG_CONSENT_PROFILE is {settings.consent_profile}: visits are linked to no contacts; unset it to link them"
        )
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = chosen_app(store, settings.app)
        sources = list(correlate.traffic_sources(args))
        rows = contact_queries.linked(store, app=app, start=start, end=until, sources=sources)
    except NoSite as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    visits, contacts, found = evidence(rows)
    if args.json:
        print(json.dumps({"app": app, "linkable_sessions": visits, "linked_contacts": contacts, "kinds": found}))
        return 0
    console = Console()
    if not contacts:
        console.print(
            f"{visits} visits of {app} agreed to be linked, none of them to a contact: let `snag.sessionRef()` reach the "
            "support desk, and give it as session_ref with the contact."
        )
        return 0
    console.print(_table(app, found))
    console.print(
        f"{visits} visits agreed to be linked; {contacts} of them made contact within 24 hours. An association, no proof."
    )
    return 0


def evidence(rows: Sequence[LinkedRow]) -> tuple[int, int, list[dict[str, Any]]]:
    """Visits, those in contact, and for each kind the two shares with 95 % intervals and the risk ratio.

    `rows`: the empty kind stands for all visits.
    """
    by_kind = {kind: (met, contact) for kind, met, contact in rows}
    visits, contacts = by_kind.pop("", (0, 0))
    found = []
    for kind, (met, contact) in sorted(by_kind.items(), key=lambda item: -item[1][1]):
        others, of_others = visits - met, contacts - contact
        risk = risk_ratio(met, contact, others, of_others)
        found.append(
            {
                "kind": kind,
                "sessions": met,
                "in_contact": contact,
                "share_95": wilson(contact, met),
                "others": others,
                "others_in_contact": of_others,
                "others_share_95": wilson(of_others, others) if others else None,
                "risk_ratio": risk.ratio if risk else None,
                "risk_ratio_95": risk.interval_95 if risk else None,
                "attributable": risk.attributable if risk else None,
            }
        )
    return visits, contacts, found


def _table(app: str, found: list[dict[str, Any]]) -> Table:
    table = Table(title=f"Contacts within 24 h of a visit to {app}", title_justify="left")
    for heading in ("who met", "visits", "in contact", "the others", "times as often (95 %)", "beyond"):
        table.add_column(heading, justify="left" if heading == "who met" else "right")
    for one in found:
        share, others = one["in_contact"] / one["sessions"], one["others_in_contact"] / max(1, one["others"])
        ratio = f"not enough data (below {FEWEST})"
        if one["risk_ratio"] is not None:
            low, high = one["risk_ratio_95"]
            ratio = f"{one['risk_ratio']:.1f} ({low:.1f} to {high:.1f})"
        words = KIND_WORDS.get(one["kind"], one["kind"].replace("_", " "))
        beyond = "–" if one["attributable"] is None else f"{one['attributable']:.0f}"
        table.add_row(words, str(one["sessions"]), f"{share:.1%}", f"{others:.1%}", ratio, beyond)
    return table
