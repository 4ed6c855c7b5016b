"""Judges the last days again and again, and keeps what was found: `contact_surges` and their causes.

Repeating it with the same data writes no verdict, only that it was done. A surge keeps its id when late or corrected
contacts move its bounds or change its verdict: that is an amendment, never a second surge. One that is no longer there is
withdrawn, and says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from collector.correlate import NotEnoughData, Surge, amended, as_dict
from collector.store.judged import Judged, keep_judged
from collector.store.store import Store
from collector.store.surges import CauseRow, SurgeRow, keep, kept
from collector.surges.find import VISITORS, ContactsMissing, Found, find

LOOK_BACK = timedelta(hours=48)
"""Contacts that come in later than this amend no verdict by themselves: `snag correlate --keep` does for any time."""

NAMESPACE = UUID("8c1b0f0e-0a53-4a8e-9c5b-5b1d0b7f6a11")


class Change(NamedTuple):
    """What a judgement changed about one surge."""

    kind: str
    """new, amended or withdrawn."""
    surge_id: UUID
    surge: Surge
    before: Surge | None


def judge(
    store: Store,
    *,
    app: str,
    now: datetime,
    time_zone: str,
    since: datetime | None = None,
    sources: Sequence[str] = VISITORS,
) -> list[Change]:
    """Judge `app` from `since` (None: LOOK_BACK before `now`) to `now`, and keep what is new or changed.

    Raises as surges.find does.
    """
    since = since or now - LOOK_BACK
    store.refresh()
    try:
        found = find(store, app=app, since=since, until=now, time_zone=time_zone, sources=sources)
    except (ContactsMissing, NotEnoughData) as error:
        keep_judged(store, app, sources, Judged(since, since, now, now, str(error)))
        raise
    earlier = kept(store, app, since, now)
    before = [(one, read_account(one.account)) for one in earlier if one.state == "standing"]
    by_surge = {id(surge): one for one, surge in before}
    inputs = fingerprint(found)
    changes: list[Change] = []
    surges: list[SurgeRow] = []
    causes: list[CauseRow] = []
    for old, new in amended([surge for _, surge in before], found.surges):
        one = by_surge[id(old)] if old is not None else None
        if new is None:
            # Only what lies within the time that was judged can be gone.
            if old is None or one is None or old.end > found.judged_through.timestamp():
                continue
            changes.append(Change("withdrawn", one.surge_id, old, old))
            surges.append(_row(app, one.surge_id, old, found, inputs, now, "withdrawn", one.detected_ts))
            continue
        if old is not None and one is not None:
            if as_dict(old) == as_dict(new):
                continue
            changes.append(Change("amended", one.surge_id, new, old))
            row = _row(app, one.surge_id, new, found, inputs, now, "standing", one.detected_ts)
        else:
            surge_id = uuid5(NAMESPACE, f"{app} {new.start}")
            changes.append(Change("new", surge_id, new, None))
            row = _row(app, surge_id, new, found, inputs, now, "standing", _ts(new.detected_at))
        surges.append(row)
        causes += _causes(app, row.surge_id, row.version, new)
    keep(store, surges, causes)
    keep_judged(store, app, sources, Judged(since, found.judged_through, found.until, now))
    return changes


def fingerprint(found: Found) -> int:
    """64 bits of everything that a judgement was made from: equal inputs, equal number."""
    digest = hashlib.blake2b(digest_size=8)
    grids = found.grids
    digest.update(f"{found.app} {grids.start} {found.judged_through} {found.time_zone} {found.sources}".encode())
    digest.update(grids.sessions.tobytes())
    for group in (grids.friction, grids.performance, grids.channels, grids.topics):
        for name in sorted(group):
            digest.update(name.encode() + group[name].tobytes())
    return int.from_bytes(digest.digest(), "big")


def read_account(account: str) -> Surge:
    """The surge of an account that was kept, also by an older version: fields that it lacks have their default."""
    given = json.loads(account)
    return Surge(**{f.name: given[f.name] for f in fields(Surge) if f.name in given})


def _row(
    app: str,
    surge_id: UUID,
    surge: Surge,
    found: Found,
    inputs: int,
    now: datetime,
    state: str,
    detected: datetime,
) -> SurgeRow:
    onset = surge.keys[0]["onset"] if surge.keys else None
    return SurgeRow(
        app=app,
        surge_id=surge_id,
        version=int(now.timestamp() * 1000),
        state=state,
        start_ts=_ts(surge.start),
        end_ts=_ts(surge.end),
        detected_ts=detected.replace(tzinfo=UTC),
        judged_ts=now,
        judged_through_ts=found.judged_through,
        observed=surge.observed,
        expected=surge.expected,
        extra=surge.extra,
        extra_low=surge.extra_low,
        extra_high=surge.extra_high,
        z=surge.z,
        verdict=surge.verdict,
        confidence=surge.confidence,
        p=surge.p,
        q=surge.q,
        lag_s=surge.lag_s,
        attributed=surge.attributed,
        attributed_low=surge.attributed_low,
        attributed_high=surge.attributed_high,
        to_come=surge.to_come,
        first_key=surge.keys[0]["key"] if surge.keys else "",
        onset_ts=_ts(onset) if onset is not None else None,
        event=surge.event or "",
        insufficient=surge.insufficient or "",
        algorithm=surge.algorithm,
        inputs=inputs,
        account=json.dumps(as_dict(surge)),
    )


def _causes(app: str, surge_id: UUID, version: int, surge: Surge) -> list[CauseRow]:
    rows = [
        CauseRow(
            app,
            surge_id,
            version,
            rival["cause"],
            0,
            "",
            rival["state"],
            rival["explained"],
            None,
            None,
            None,
            None,
            None,
            rival["reason"],
        )
        for rival in surge.rivals
    ]
    for rank, key in enumerate(surge.keys, 1):
        onset = _ts(key["onset"]) if key["onset"] is not None else None
        rows.append(
            CauseRow(
                app,
                surge_id,
                version,
                "friction",
                rank,
                key["key"],
                "holds",
                None,
                key["p"],
                key["q"],
                key["lag_s"],
                key["attributed"],
                onset,
                "",
            )
        )
    return rows


def _ts(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
