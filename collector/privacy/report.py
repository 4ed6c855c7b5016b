"""What is kept of people, where, and for how long; and the sheet for measuring one's own audience without consent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from collector.privacy.lines import files
from collector.store import Store
from collector.store.queries import operations as operation_queries
from collector.store.schema.retention import oldest

PERSONAL = (
    "session_id",
    "session_ref",
    "requester_key",
    "requester_key_before",
    "subject_key",
    "subject_redacted",
    "country",
)
"""Columns that are about a person or a visit, in no table more than these: hashes, ids that end with the tab, and
redacted subjects where they were switched on."""

_TTL = re.compile(r"\bTTL [^\n]*?toIntervalDay\((\d+)\)")


class Kept(NamedTuple):
    """One table, folder or file."""

    what: str
    where: str
    rows: int
    oldest: str
    kept_days: str
    """Days, or what ends it."""
    of_people: str
    """The columns that are about people."""


class Chosen(Protocol):
    """The settings that the sheet looks at."""

    @property
    def consent_profile(self) -> str: ...
    @property
    def keep_experience_days(self) -> int: ...
    @property
    def keep_performance_days(self) -> int: ...
    @property
    def keep_rollups_days(self) -> int: ...


def kept(store: Store, queue: Path, keys_at: str, keys_since: Sequence[datetime]) -> list[Kept]:
    """Every table, the folders of the queue, and the keys."""
    tables = operation_queries.kept_tables(store)
    found = []
    for name, rows, ddl, columns in tables:
        days = _TTL.search(ddl)
        plain = name.removesuffix("_local")
        people = ", ".join(column for column in columns if column in PERSONAL)
        found.append(
            Kept("table", plain, rows, oldest(store.client, plain), days[1] if days else "until erased", people)
        )
    for folder in [queue, *sorted(queue.glob("*/"))]:
        lines = sum(file.read_bytes().count(b"\n") for file in files([folder]))
        ends = "until replayed or dropped" if folder.name == "quarantine" else "until shipped"
        found.append(Kept("folder", str(folder), lines, "", ends, "session_id, session_ref, requester_key"))
    since = f"{min(keys_since):%Y-%m-%d}" if keys_since else ""
    found.append(Kept("keys", keys_at, len(keys_since), since, "until no row stands under them", "secrets"))
    return found


def _if(ok: bool) -> str:
    return "yes" if ok else "NO "


MONTHS_25 = 760
"""Days: what such measurements may be kept at most (CNIL, guidelines of 2020, 51)."""

SHEET: tuple[tuple[str, Callable[[Chosen], str]], ...] = (
    ("visits are linked to nobody's contacts, logins or other data (consent_profile = audience_measurement)",
     lambda s: _if(s.consent_profile == "audience_measurement")),
    ("measurements are kept 25 months at most",
     lambda s: _if(max(s.keep_experience_days, s.keep_performance_days, s.keep_rollups_days) <= MONTHS_25)),
    ("nothing is written to the browser that outlives the tab: no cookie, no id for the next visit", lambda s: "yes"),
    ("no address is stored; its shortened form is used for the country in memory alone", lambda s: "yes"),
    ("no visitor is followed over sites: an id of a visit is made anew on each", lambda s: "yes"),
    ("no session is replayed, no text or value that somebody types is sent", lambda s: "yes"),
    ("the figures serve only those who run the site, and are given to nobody", lambda s: "you"),
    ("visitors are told of the measurement, and can say no (data-snag-consent, snag.consent('none'))", lambda s: "you"),
    ("whoever runs the collector for you does so by contract, for you alone", lambda s: "you"),
)  # fmt: skip
"""Questions and who answers them: yes, NO, or you."""
