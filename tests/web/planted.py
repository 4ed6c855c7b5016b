"""A small site whose truth is known: two releases, a friction point, a surge, answers, runs, a journey."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.correlate import as_dict
from collector.friction.classify_job import refresh
from collector.metrics.funnel_report import define_journeys
from collector.metrics.score import scoring
from collector.settings import Settings
from collector.store import Annotation, Store, page_sums
from collector.store.judged import Judged, keep_judged
from collector.store.support import Contact, SurveyResponse
from collector.store.surges import SurgeRow, keep
from collector.surges.find import VISITORS
from tests.conftest import NOW, beacon, event
from tests.friction.test_classify_job import RAGE, take, visit
from tests.surges.sample import surge

EVIL = "<script>alert(1)</script>\"'&"
"""What an attacker may write wherever a site's words go."""

AT = datetime.fromtimestamp(NOW / 1000, UTC)
END = AT + timedelta(hours=3)

JOURNEYS = """
journeys:
  checkout:
    value: 10
    currency: EUR
    steps:
      - {name: cart, pages: /cart}
      - {name: pay, pages: [/pay]}
      - {name: thanks, pages: /thanks}
"""

SURGE_ID = uuid.UUID("00000000-0000-4000-8000-0000000000aa")


def plant(store: Store, folder: Path) -> Settings:
    """Fill the store; returns the settings that a collector beside it would have."""
    file = folder / "journeys.yaml"
    file.write_text(JOURNEYS)
    hour = 3_600_000
    beacons = [visit(RAGE, release="1", ts=NOW - 30 * hour) for _ in range(30)]
    beacons += [visit(release="1", ts=NOW - 30 * hour) for _ in range(60)]
    beacons += [visit({**RAGE, "target": EVIL, "target_name": EVIL}, release="2") for _ in range(10)]
    beacons += [visit(release="2", page="/" + EVIL) for _ in range(90)]
    for i in range(80):
        session = str(uuid.uuid4())
        for nth, page in enumerate(("/cart", "/pay", "/thanks")[: 1 if i % 4 == 0 else 3]):
            beacons.append(visit(page=page, ts=NOW + 60_000 * nth, session=session, release="2"))
    for status in ("passed", "passed", "failed"):
        run = event(
            "journey_run",
            journey="checkout",
            run_status=status,
            fault="none" if status == "passed" else "technical",
            location="berlin" + EVIL,
            reason="step.timeout" if status == "failed" else "",
            message=EVIL,
        )
        beacons.append(beacon(run, traffic_source="synthetic", run_id=str(uuid.uuid4())))
    take(store, *beacons)
    store.refresh()
    refresh(store)
    define_journeys(store, str(file))
    page_sums.refresh(store)
    page_sums.refresh_funnels(store, scoring())
    _support(store)
    _surge(store)
    return Settings(data_dir=str(folder), journeys_file=str(file), time_zone="Europe/Berlin", app="shop")


def _support(store: Store) -> None:
    store.add_contacts(
        [
            Contact("desk", str(i), 1, 0, AT - timedelta(days=15) + timedelta(hours=i), "phone", "", EVIL)
            for i in range(15 * 24)
        ]
    )
    store.set_watermark("desk", END)
    keep_judged(store, "shop", VISITORS, Judged(END - timedelta(days=3), END, END, END))
    store.keep_rows(
        [
            SurveyResponse(
                source="desk",
                source_response_id=str(i),
                version=1,
                metric="csat",
                scale_min=1,
                scale_max=5,
                score=5 if i % 4 else 1,
                answered_ts=AT,
                touchpoint="checkout" + EVIL,
                page_group="/pay",
                app="shop",
            )
            for i in range(40)
        ]
    )
    store.add_annotations([Annotation(uuid.uuid4(), 1, AT - timedelta(hours=1), None, "release", "shop", "2" + EVIL)])


def _surge(store: Store) -> None:
    start = int(AT.timestamp()) // 300 * 300
    found = surge(
        start=start,
        end=start + 3000,
        detected_at=start + 300,
        keys=[surge().keys[0] | {"key": "/pay|rage_click", "onset": start - 780}],
        rivals=[{"cause": "traffic", "state": "ruled_out", "explained": 0.0, "reason": EVIL}],
        confidence=0.93,
        to_come=20.0,
        to_come_low=10.0,
        to_come_high=31.0,
    )
    keep(
        store,
        [
            SurgeRow(
                "shop",
                SURGE_ID,
                1,
                "standing",
                datetime.fromtimestamp(start, UTC),
                datetime.fromtimestamp(start + 3000, UTC),
                AT,
                AT,
                AT,
                found.observed,
                found.expected,
                found.extra,
                found.extra_low,
                found.extra_high,
                found.z,
                found.verdict,
                0.93,
                found.p,
                found.q,
                found.lag_s,
                found.attributed,
                found.attributed_low,
                found.attributed_high,
                20.0,
                "/pay|rage_click",
                AT,
                "",
                "",
                "test 1",
                1,
                json.dumps(as_dict(found)),
            )
        ],
        [],
    )
