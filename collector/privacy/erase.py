"""Forgets one person everywhere: the store's tables, the queue, the quarantine; and keeps them from coming back.

The order makes every step safe to repeat, so that a kill in the middle loses nothing: the suppression first, what
the person's contacts lead to next, the contacts themselves last, then the rollups, then the proof.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from collector.privacy.keys import RequesterKeys
from collector.privacy.lines import Traces, files, sift
from collector.store import Store, erasure
from collector.store.erasure import Request

log = logging.getLogger(__name__)

PASSES = 5
"""What is shipped while rows are removed is found by the next pass; the one that finds nothing is the last."""


class BadSubject(ValueError):
    """A subject that cannot be meant; says what would be right."""


class Subject(NamedTuple):
    """Who is to be forgotten."""

    scope: str
    """requester or session."""
    proof: bytes
    """Key that the proof stands under."""
    keys: tuple[bytes, ...]
    """Every key that rows may stand under, that of the suppression list among them."""
    ids: frozenset[str] = frozenset()
    sessions: tuple[str, ...] = ()


def subject(text: str, keys: RequesterKeys) -> Subject:
    """`SOURCE:ID` as the source knows the person, a key of 32 hexadecimal digits, or `session:CODE`. Raises BadSubject.

    A bare key is forgotten and kept out; only with the id is the person kept out after the next rotation too.
    """
    source, _, requester = text.strip().partition(":")
    if source == "session":
        code = requester.strip().lower()
        if not re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}", code):
            raise BadSubject(
                f"'{code[:40]}' is not a visit; expected the code of snag.sessionRef(), such as 3f2a9c01, or the whole id"
            )
        return Subject("session", keys.every("session", code)[0], (), sessions=(code,))
    if re.fullmatch(r"[0-9A-Fa-f]{32}", text.strip()):
        key = bytes.fromhex(text.strip())
        return Subject("requester", key, (key,))
    every = keys.every(source, requester)
    if not source or not every:
        raise BadSubject(
            "a subject is SOURCE:ID, such as zendesk:4711, a key of 32 hexadecimal digits, or session:CODE"
        )
    spelled = {requester.strip().casefold(), requester.strip().lower()}
    return Subject("requester", every[0], every, frozenset(spelled))


def erase(
    store: Store,
    who: Subject,
    folders: Callable[[], Sequence[Path]],
    quarantine: Path,
    drained: Callable[[], None],
) -> Request:
    """Forget `who`; returns the proof, as it is kept. Repeating it is safe, and goes on with what was broken off.

    folders: those of the queue that may be rewritten (none while a collector ships them). drained: returns when what
    was queued before is in the store, or raises.
    """
    client = store.client
    request = erasure.request_of(client, who.proof) or Request(
        uuid4(), datetime.now(UTC), who.proof, who.scope, "open", None, {}, []
    )
    erasure.suppress(client, who.keys)
    erasure.note(client, request)
    drained()
    for _ in range(PASSES):
        contacts = erasure.contacts_of(client, who.keys) if who.keys else []
        refs = sorted({one.session_ref for one in contacts if one.session_ref} | set(who.sessions))
        sessions = erasure.sessions_of(client, refs)
        traces = Traces(
            who.ids,
            frozenset(key.hex() for key in who.keys),
            tuple(ref.lower() for ref in refs),
            frozenset(one.source_contact_id for one in contacts if one.source_contact_id),
        )
        lines = _sift(files(list(folders())), traces, "queue") | _sift(files([quarantine]), traces, "quarantine")
        request = request._replace(touched_hours=sorted({*request.touched_hours, *erasure.hours_of(client, sessions)}))
        erasure.note(client, request)  # before the rows go: they say which hours to count again
        rows = erasure.remove(client, store.cluster, who.keys, contacts, sessions, refs)
        request = request._replace(removed=_sum(request.removed, lines | rows))
        erasure.note(client, request)
        if not rows and not lines:
            break
        time.sleep(0.01)  # a new version of the request, a later time
    erasure.recount(client, request.touched_hours)
    done = request._replace(state="done", done_ts=datetime.now(UTC), touched_hours=[])
    erasure.note(client, done)
    log.info("a %s was forgotten: %s rows and lines removed", who.scope, sum(done.removed.values()))
    return done


def _sift(found: Sequence[Path], traces: Traces, name: str) -> dict[str, int]:
    lines = sum(sift(file, traces) for file in found)
    return {name: lines} if lines else {}


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {*one, *other}}
