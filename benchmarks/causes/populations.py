"""Simulated populations whose prevalence is known: visitors of many forms, of which each refuses its own share."""

from __future__ import annotations

import random
from uuid import UUID

from collector.events import Beacon, Edge, InputRefused, PageView
from collector.friction.classify_job import refresh
from collector.intake.decode import queued
from collector.store import Store

AT = 1_795_260_000_000
FORMS = 120
VISITS = 600


def simulated(store: Store, seed: int = 1) -> list[tuple[str, str, str]]:
    """(form, class that it is, class that was said) of every refusal: a form that truly refuses under 5 % meets users' own
    errors, one over 20 % is the form's fault; in between nobody can tell with so few visits, and such forms are left out."""
    chance = random.Random(seed)
    truth: dict[str, str] = {}
    for number in range(FORMS):
        low = number % 2 == 0
        prevalence = chance.uniform(0.002, 0.04) if low else chance.uniform(0.2, 0.6)
        page = f"/form/{chr(97 + number % 26)}{number}"
        truth[page] = "user_error" if low else "usability"
        lines = []
        for _ in range(VISITS):
            view, session = UUID(int=chance.getrandbits(128)), UUID(int=chance.getrandbits(128))
            at = AT + chance.randrange(3_000_000)
            events: list[PageView | InputRefused] = [
                PageView(event_id=UUID(int=chance.getrandbits(128)), client_ts=at, view_id=view, page_group=page)
            ]
            if chance.random() < prevalence:
                # two in three get it right at once, the others at the second try
                events += [
                    InputRefused(
                        event_id=UUID(int=chance.getrandbits(128)),
                        client_ts=at + 5000 * i,
                        view_id=view,
                        page_group=page,
                        target="#field",
                    )
                    for i in range(1, 2 + (chance.random() < 1 / 3))
                ]
            beacon = Beacon(
                beacon_id=UUID(int=chance.getrandbits(128)),
                app="corpus",
                session_id=session,
                sent_ts=at + 30_000,
                events=list(events),
            )
            lines.append(queued(beacon, Edge(received_ts=at + 30_000)).strip())
        assert store.insert(lines) == []
    refresh(store)
    rows = store.client.query(
        "SELECT page_group, cause_class FROM snag_experience.friction_events_with_cause WHERE kind = 'input_refused'"
    ).result_rows
    return [(page, truth[page], cause) for page, cause in rows]
