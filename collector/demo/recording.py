"""The beacons of a demo's visitors, kept: for replaying more visitors than two cores have browsers for, and for
rehearsing the analysis on what real browsers sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
import numpy as np
from msgspec.structs import replace

from collector.demo.world import Floats, Point, Visits
from collector.events import NO_ID, Beacon, Event, Friction, PageView, ResourceTiming, WebVital, kind_of

_decoder = msgspec.json.Decoder(Beacon)


@dataclass(slots=True)
class Visit:
    """One visit that is over."""

    start_ts: float
    """By the demo's clock, seconds since 1970."""
    hit: bool = False
    """The incident got in the visitor's way."""
    bodies: list[str] = field(default_factory=list)
    """The beacons that the browser sent, as sent."""


class Recording(NamedTuple):
    """The visits of one demo, before and during its incident."""

    ttfb_ms: float
    """What the browser measured on that machine before anything happened."""
    before: list[Visit]
    during: list[Visit]

    def save(self, path: Path) -> None:
        """One line of JSON for each visit, after one that says what was measured."""
        lines: list[dict[str, object]] = [{"ttfb_ms": self.ttfb_ms}]
        for during, visits in ((False, self.before), (True, self.during)):
            for visit in visits:
                lines.append({"start_ts": visit.start_ts, "hit": visit.hit, "during": during, "bodies": visit.bodies})
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Recording:
        """What `save` wrote."""
        head, *lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        both: dict[bool, list[Visit]] = {False: [], True: []}
        for line in lines:
            both[line["during"]].append(Visit(line["start_ts"], line["hit"], line["bodies"]))
        return cls(head["ttfb_ms"], both[False], both[True])


def as_another_s(visit: Visit, start_ts: float) -> list[Beacon]:
    """The beacons of a recorded visit, as those of another visitor who came at `start_ts`."""
    moved_ms = round((start_ts - visit.start_ts) * 1000)
    fresh: dict[UUID, UUID] = {NO_ID: NO_ID}

    def other(old: UUID) -> UUID:
        return fresh.setdefault(old, uuid4())

    out = []
    for beacon in map(_decoder.decode, visit.bodies):
        moved = [
            replace(
                event,
                event_id=other(event.event_id),
                view_id=other(event.view_id),
                client_ts=event.client_ts + moved_ms,
            )
            for event in beacon.events
        ]
        ids = {"beacon_id": other(beacon.beacon_id), "session_id": other(beacon.session_id)}
        out.append(replace(beacon, **ids, events=moved))
    return out


def replay(recorded: Sequence[Visit], start_ts: Floats, rng: np.random.Generator) -> Visits:
    """A recorded visit, drawn at random, at each of `start_ts`, as columns."""
    drawn = [recorded[i] for i in rng.integers(0, len(recorded), len(start_ts))]
    views: list[tuple[int, float]] = []
    ttfb_ms: list[tuple[int, float]] = []
    status: list[int] = []
    friction: list[tuple[int, float, Point]] = []
    for number, (visit, start) in enumerate(zip(drawn, start_ts, strict=True)):
        for event in events(visit):
            at = start + event.client_ts / 1000 - visit.start_ts
            if isinstance(event, PageView):
                views.append((number, at))
            elif isinstance(event, WebVital) and event.metric == "TTFB":
                ttfb_ms.append((number, event.value))
            elif isinstance(event, ResourceTiming):
                status.append(event.status)
            elif isinstance(event, Friction) and kind_of(event) != "input_refused":
                point = Point(event.page_group, kind_of(event), event.target, event.target_name, 0.0)
                friction.append((number, at, point))
    # One time to the first byte for each view; a page that was left before it was told has none of its own.
    ms = np.array([value for _, value in ttfb_ms]) if ttfb_ms else np.array([np.nan])
    answers = np.array(status or [200])
    return Visits(
        start_ts,
        np.array([number for number, _ in views], dtype=np.int64),
        np.array([at for _, at in views]),
        np.zeros(len(views), dtype=np.int64),
        np.resize(ms, len(views)),
        np.resize(answers, len(views)),
        np.array([number for number, _, _ in friction], dtype=np.int64),
        np.array([at for _, at, _ in friction], dtype=np.float64),
        [point for _, _, point in friction],
        np.array([visit.hit for visit in drawn], dtype=bool),
    )


def events(visit: Visit) -> list[Event]:
    """The events of a visit, each once: its highest revision."""
    newest: dict[UUID, Event] = {}
    for body in visit.bodies:
        for event in _decoder.decode(body).events:
            known = newest.get(event.event_id)
            if known is None or event.revision >= known.revision:
                newest[event.event_id] = event
    return list(newest.values())
