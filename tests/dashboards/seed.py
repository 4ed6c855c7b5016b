"""Two sites (one with a quote in its name), five days, two releases of which the second is worse, a support desk, runs."""

import json
import random
import uuid
from datetime import UTC, datetime, timedelta

from collector.events import Edge
from collector.friction.classify_job import refresh
from collector.intake.decode import decode, queued
from tests.conftest import NOW, beacon, event
from tests.metrics.planted import keep

END = datetime.fromtimestamp(NOW / 1000, UTC)
DAYS = 5
APPS = ("shop", "o'shop")
DEVICES = ("phone", "desktop")
RELEASES = ("2.3", "2.4")
STEPS = (("/cart", "cart"), ("/pay", "pay"), ("/thanks", "thanks"))
ERROR = {
    "error_source": "script",
    "error_type": "TypeError",
    "error_message": "x is undefined",
    "error_place": "shop/app.js:1:2",
}


def seed(store):
    draw = random.Random(7)
    lines = []
    for app in APPS:
        for number in range(400):
            lines += _visit(draw, app, number)
        for number in range(DAYS * 24):
            lines += _run(draw, app, number)
    for at in range(0, len(lines), 500):
        assert store.insert(lines[at : at + 500]) == []
    _desk(store, draw)
    _said(store)
    store.refresh()
    refresh(store)


def _queued(one, ts):
    """Queued as the collector does it; the quote comes in after the door, which lets none through."""
    taken = decode(json.dumps(one | {"app": one["app"].replace("'", "-")}).encode())
    line = queued(taken, Edge(received_ts=ts, country="DE", browser_family="Firefox")).strip()
    return line.replace(b'"o-shop"', b'"o\'shop"')


def _visit(draw, app, number):
    # In bursts: an hour needs 30 visits to have a score.
    ts = NOW - 3_000_000 - draw.randrange(8) * 15 * 3_600_000 + draw.randrange(2_400_000)
    release = RELEASES[ts > NOW - 2 * 86_400_000]
    events = []
    for at in range(draw.choice([1, 2, 3])):
        page, step = STEPS[at]
        when, view = ts + at * 20_000, str(uuid.uuid4())
        events.append(event("page_view", view_id=view, client_ts=when, page_group=page, journey="checkout", step=step))
        shared = {
            "view_id": view,
            "client_ts": when + 2000,
            "page_group": page,
            "journey": "checkout",
            "step": step,
        }
        if draw.random() < (0.2 if release == "2.3" else 0.6):
            kind = draw.choice(["rage_click", "dead_click"])
            events.append(event(kind, **shared, target="#go", target_name="Go", repeat_count=4))
        if release == "2.4" and draw.random() < 0.3:
            events.append(event("page_error", **shared, **ERROR, first_party=True))
        for metric, value in (
            ("LCP", 1500 + draw.random() * 4000),
            ("INP", draw.random() * 600),
            ("CLS", draw.random() * 0.3),
            ("TTFB", 100 + draw.random() * 900),
        ):
            events.append(event("web_vital", **shared, metric=metric, value=value))
        events.append(
            event(
                "resource_timing",
                **shared,
                route="shop/api/pay",
                initiator="fetch",
                status=503 if draw.random() < 0.1 else 200,
                duration_ms=draw.randrange(2000),
                ttfb_ms=50,
            )
        )
    one = beacon(*events, app=app, env="production", release=release, device=draw.choice(DEVICES), sent_ts=ts + 60_000)
    return [_queued(one, ts + 60_000)]


def _run(draw, app, number):
    ts, run = NOW - number * 3_600_000 - 60_000, str(uuid.uuid4())
    failed = draw.random() < 0.15
    steps = [
        event(
            "journey_step",
            client_ts=ts + at * 1000,
            page_group=page,
            journey="checkout",
            step=step,
            step_index=at,
            duration_ms=900,
            step_status="failed" if failed and step == "pay" else "ok",
            attempt=1,
        )
        for at, (page, step) in enumerate(STEPS)
    ]
    outcome = (
        {"run_status": "failed", "fault": "technical", "reason": "step.timeout", "failed_step": "pay"}
        if failed
        else {"run_status": "passed"}
    )
    end = event(
        "journey_run",
        client_ts=ts + 4000,
        page_group="",
        journey="checkout",
        location="berlin",
        browser="chromium 140",
        duration_ms=4000,
        attempts=1,
        **outcome,
    )
    one = beacon(
        *steps,
        end,
        app=app,
        env="production",
        release="2.4",
        traffic_source="synthetic",
        run_id=run,
        sent_ts=ts + 5000,
    )
    return [_queued(one, ts + 5000)]


def _ago(**time):
    return END - timedelta(**time)


def _desk(store, draw):
    rows = []
    for number in range(600):
        created = END - timedelta(seconds=draw.randrange(2 * DAYS * 86_400))
        replied = created + timedelta(minutes=draw.randrange(1, 300)) if draw.random() < 0.9 else None
        rows.append(
            {
                "source": "desk",
                "source_contact_id": f"c{number}",
                "version": 1,
                "created_ts": created,
                "channel": draw.choice(["phone", "email"]),
                "contact_reason": draw.choice(["payment", "delivery", ""]),
                "status": "solved" if replied else "open",
                "first_reply_ts": replied,
                "first_resolved_ts": replied,
                "resolved_ts": replied,
                "agent_replies": 1,
                "reopens": 0,
                "escalated": int(draw.random() < 0.1),
            }
        )
    keep(store, "support_contacts", rows)
    keep(
        store,
        "support_contact_intervals",
        [
            {
                "source": "phones",
                "channel": "phone",
                "queue": "all",
                "interval_s": 1800,
                "interval_start_ts": END - timedelta(minutes=30 * at),
                "version": 1,
                "offered": 20,
                "answered": 18,
                "abandoned": 2,
                "answered_in_threshold": 15,
                "threshold_s": 20,
                "sum_handle_s": 5400,
            }
            for at in range(1, 48 * DAYS)
        ],
    )
    keep(
        store,
        "survey_responses",
        [
            {
                "metric": "csat",
                "source": "desk",
                "source_response_id": f"r{n}",
                "version": 1,
                "app": APPS[n % 2],
                "scale_min": 1,
                "scale_max": 5,
                "answered_ts": END - timedelta(hours=n % 100),
                "score": draw.choice([1, 3, 4, 5]),
                "question_version": "v1",
            }
            for n in range(200)
        ],
    )
    keep(
        store,
        "import_watermarks",
        [{"source": "desk", "stream": "contacts", "complete_through_ts": _ago(minutes=10)}],
    )


def _said(store):
    for app in APPS:
        surge = uuid.uuid4()
        keep(
            store,
            "contact_surges",
            [
                {
                    "app": app,
                    "surge_id": surge,
                    "version": 1,
                    "state": "standing",
                    "start_ts": _ago(hours=5),
                    "end_ts": _ago(hours=3),
                    "detected_ts": _ago(hours=4),
                    "judged_ts": _ago(hours=1),
                    "judged_through_ts": _ago(minutes=10),
                    "observed": 60.0,
                    "expected": 20.0,
                    "extra": 40.0,
                    "extra_low": 25.0,
                    "extra_high": 55.0,
                    "z": 6.0,
                    "verdict": "friction",
                    "q": 0.003,
                    "lag_s": 780.0,
                    "attributed": 30.0,
                    "to_come": 12.0,
                    "first_key": "/pay|rage_click",
                    "algorithm": "1",
                    "inputs": 1,
                    "account": "{}",
                }
            ],
        )
        keep(
            store,
            "contact_surge_causes",
            [
                {
                    "app": app,
                    "surge_id": surge,
                    "version": 1,
                    "cause": cause,
                    "rank": 0,
                    "key": "",
                    "state": state,
                    "q": 0.01,
                    "reason": "said why",
                }
                for cause, state in (("friction", "holds"), ("traffic", "ruled_out"))
            ],
        )
        keep(
            store,
            "journey_definitions",
            [
                {
                    "app": app,
                    "journey": "checkout",
                    "version": 1,
                    "steps": [step for _, step in STEPS],
                    "pages": [[page] for page, _ in STEPS],
                    "completion_value": 40.0,
                    "currency": "EUR",
                }
            ],
        )
        keep(
            store,
            "feedback_links",
            [
                {
                    "link_id": uuid.uuid4(),
                    "version": 1,
                    "app": app,
                    "contact_reason": "payment",
                    "page_group": "/pay",
                    "kind": "rage_click",
                    "state": "owned",
                    "began_ts": _ago(days=3),
                    "owner": "checkout team",
                }
            ],
        )
    keep(
        store,
        "annotations",
        [
            {
                "annotation_id": uuid.uuid4(),
                "version": 1,
                "start_ts": _ago(hours=hours),
                "end_ts": end,
                "kind": kind,
                "app": app,
                "title": "it's there",
                "source": "test",
            }
            for hours, end, kind, app in ((6, _ago(hours=5), "incident", ""), (8, None, "campaign", "shop"))
        ],
    )
    store.client.insert(
        "snag_performance.imported_series",
        [["", "http_5xx_rate", _ago(minutes=5 * at), 0.01, "prometheus"] for at in range(1, 300)],
        column_names=["app", "name", "ts", "value", "source"],
    )
