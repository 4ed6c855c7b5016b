"""From the events of many visits to whose fault each was, on the real store."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from collector.events import Edge
from collector.friction.classify_job import again, judge, refresh
from collector.intake.decode import decode, queued
from tests.conftest import NOW, beacon, event


def visit(*events, ts=NOW, session=None, page="/pay", **fields):
    """A beacon of one view: its page view, then the events, each a dict with `after_ms`."""
    view = str(uuid.uuid4())
    found = [event("page_view", view_id=view, client_ts=ts, page_group=page)]
    for given in events:
        one = {"page_group": page, **given}
        after = one.pop("after_ms", 1000)
        found.append(event(one.pop("kind"), view_id=view, client_ts=ts + after, **one))
    sent = max(e["client_ts"] for e in found) + 500
    return beacon(*found, sent_ts=sent, **({"session_id": session} if session else {}), **fields)


def take(store, *beacons, late_ms=0, delayed_ms=0):
    """Keep them in one insert; they came in `late_ms` after their agent sent them, by clocks that agree, or were sent so
    much later than they were made (`delayed_ms`)."""
    lines = []
    for one in beacons:
        sent = one["sent_ts"] + delayed_ms
        lines.append(
            queued(decode(json.dumps(one | {"sent_ts": sent}).encode()), Edge(received_ts=sent + late_ms)).strip()
        )
    assert store.insert(lines) == []


def judged(store, kind, where="1"):
    """(class, sub, rule) of the events of a kind, each once."""
    rows = store.client.query(
        "SELECT DISTINCT cause_class, cause_sub, cause_rule FROM snag_experience.friction_events_with_cause "
        f"WHERE kind = '{kind}' AND {where} ORDER BY 1, 2"
    ).result_rows
    return [tuple(row) for row in rows]


THROWN = {
    "kind": "page_error",
    "error_source": "script",
    "error_type": "TypeError",
    "error_place": "shop/app.js:1:2",
}
RAGE = {"kind": "rage_click", "target": "#pay", "repeat_count": 4}
FAILED = {"kind": "failed_action", "target": "#pay", "route": "api.shop/pay", "duration_ms": 80}


@pytest.mark.parametrize(
    ("events", "kind", "cause"),
    [
        ([RAGE], "rage_click", ("usability", "affordance", "R8")),
        ([{**THROWN, "after_ms": 1600}, RAGE], "rage_click", ("technical_issue", "js_error", "R3")),
        ([THROWN], "page_error", ("technical_issue", "js_error", "R3")),
        ([{**THROWN, "first_party": False}], "page_error", ("technical_issue", "third_party", "R3")),
        ([{**THROWN, "error_place": "chrome-extension://abc/x.js:1:1"}], "page_error", ("unclassified", "", "R0")),
        ([{**FAILED, "status": 500}, RAGE], "rage_click", ("technical_issue", "api_error", "R3")),
        ([{**FAILED, "status": 500}], "failed_action", ("technical_issue", "api_error", "R3")),
        ([{**FAILED, "status": 503}], "failed_action", ("unclassified", "", "R9")),
        ([{**FAILED, "status": 503}, {**RAGE, "target": "#menu"}], "rage_click", ("usability", "affordance", "R8")),
        ([{**FAILED, "status": 0, "offline": True}], "failed_action", ("infrastructure", "client_network", "R1")),
        ([{**FAILED, "status": 0}, {**FAILED, "status": 0, "route": "cdn.shop/x", "after_ms": 3000}], "failed_action",
         ("infrastructure", "client_network", "R1")),
        ([{"kind": "quick_back"}], "quick_back", ("usability", "navigation", "R8")),
        ([{"kind": "search_refinement"}], "search_refinement", ("usability", "content", "R8")),
        ([{"kind": "form_abandonment", "blocked": True}], "form_abandonment", ("usability", "form_design", "R8")),
        ([{"kind": "repeated_submit"}], "repeated_submit", ("usability", "feedback", "R8")),
        ([{"kind": "unresponsive_ui", "duration_ms": 1500}], "unresponsive_ui", ("technical_issue", "frontend_slow", "R4")),
        ([{"kind": "error_page", "status": 404}], "error_page", ("technical_issue", "broken_resource", "R3")),
        ([{"kind": "page_error", "error_source": "resource", "error_type": "script", "error_place": "shop/app.js"}],
         "page_error", ("technical_issue", "broken_resource", "R3")),
        ([{"kind": "slow_step", "duration_ms": 4000}], "slow_step", ("unclassified", "", "R9")),
        ([{"kind": "slow_step", "duration_ms": 4000}, {"kind": "unresponsive_ui", "duration_ms": 3000}], "slow_step",
         ("technical_issue", "frontend_slow", "R4")),
    ],
)  # fmt: skip
def test_what_was_near_decides(store, events, kind, cause):
    take(store, visit(*events))
    refresh(store)
    assert judged(store, kind) == [cause]


def test_a_503_is_not_known_at_first_and_infrastructure_once_the_fifth_visit_sees_it(store):
    down = {**FAILED, "status": 503}
    take(store, *(visit(down, RAGE, ts=NOW + i * 50_000) for i in range(4)))
    refresh(store)
    assert judged(store, "failed_action") == [("unclassified", "", "R9")]
    take(store, visit(down, RAGE, ts=NOW + 200_000))
    refresh(store)
    assert judged(store, "failed_action") == [("infrastructure", "backend", "R2")]
    assert judged(store, "rage_click") == [("infrastructure", "backend", "R2")]


def test_a_fifth_visit_in_the_next_hour_changes_what_the_hour_before_was(store):
    end = NOW - NOW % 3_600_000 + 3_600_000
    down = {**FAILED, "status": 502, "after_ms": 10}
    before = [visit(down, ts=end - 40_000 + i * 9000) for i in range(4)]
    take(store, *before, visit(down, ts=end + 5000))
    hour = datetime.fromtimestamp(end / 1000, UTC)
    judge(store, hour - timedelta(hours=1), hour, hour + timedelta(hours=1))
    assert judged(store, "failed_action", f"ts < toDateTime64({end / 1000}, 3)") == [
        ("infrastructure", "backend", "R2")
    ]


def test_five_failures_of_one_visit_are_no_outage(store):
    session = str(uuid.uuid4())
    take(store, *(visit({**FAILED, "status": 503}, ts=NOW + i * 5000, session=session) for i in range(6)))
    refresh(store)
    assert judged(store, "failed_action") == [("unclassified", "", "R9")]


def test_failures_over_half_an_hour_are_no_outage(store):
    take(store, *(visit({**FAILED, "status": 503}, ts=NOW + i * 300_000) for i in range(6)))
    refresh(store)
    assert judged(store, "failed_action") == [("unclassified", "", "R9")]


def test_a_failure_that_could_not_be_told_at_once_is_the_visitors_own_network(store):
    take(store, visit({**FAILED, "status": 0}))
    take(store, visit({**FAILED, "status": 0}, page="/cart"), delayed_ms=20_000)
    refresh(store)
    assert judged(store, "failed_action", "page_group = '/pay'") == [("unclassified", "", "R9")]
    assert judged(store, "failed_action", "page_group = '/cart'") == [("infrastructure", "client_network", "R1")]


REFUSED = {"kind": "input_refused", "target": "#iban", "blocked": False}


def form(store, refused, visits, **how):
    """`visits` visits of a form of which `refused` are refused at one field."""
    take(
        store,
        *(visit({**REFUSED, **how}) for _ in range(refused)),
        *(visit() for _ in range(visits - refused)),
    )
    refresh(store)


@pytest.mark.parametrize(
    ("refused", "visits", "how", "cause"),
    [
        (2, 400, {}, ("user_error", "slip", "R5")),
        (120, 400, {}, ("usability", "form_design", "R6")),
        (40, 400, {}, ("user_error", "slip", "R7")),
        (2, 400, {"blocked": True}, ("usability", "form_design", "R6")),
        (2, 20, {}, ("unclassified", "", "R9")),
    ],
)
def test_how_many_a_field_refuses_tells_the_visitors_error_from_the_forms(store, refused, visits, how, cause):
    form(store, refused, visits, **how)
    assert judged(store, "input_refused") == [cause]


def test_who_is_refused_three_times_was_not_told_what_would_be_right(store):
    take(store, *(visit() for _ in range(300)))
    take(store, visit(*({**REFUSED, "after_ms": 1000 * i} for i in range(1, 4))), visit(REFUSED))
    refresh(store)
    assert judged(store, "input_refused") == [
        ("usability", "form_design", "R6"),
        ("user_error", "slip", "R5"),
    ]


def test_a_login_that_fails_once_in_a_while_is_a_mistake(store):
    take(store, *(visit(page="/login") for _ in range(300)))
    for _ in range(3):
        session = str(uuid.uuid4())
        take(
            store,
            visit({"kind": "login_failure", "target": "form", "status": 401}, page="/login", session=session),
            visit(page="/account", ts=NOW + 30_000, session=session),
        )
    refresh(store)
    assert judged(store, "login_failure") == [("user_error", "mistake", "R5")]


def test_a_wait_is_the_servers_or_the_pages_by_who_took_most_of_it(store):
    for page, ttfb in (("/slow-server", 4200), ("/slow-page", 100)):
        for _ in range(3):
            take(
                store,
                visit(
                    {"kind": "slow_step", "duration_ms": 5000, "target": "#go"},
                    {"kind": "resource_timing", "ttfb_ms": ttfb, "duration_ms": ttfb + 10, "after_ms": 1050},
                    page=page,
                ),
            )
    refresh(store)
    assert judged(store, "slow_step", "page_group = '/slow-server'") == [("infrastructure", "backend", "R4")]
    assert judged(store, "slow_step", "page_group = '/slow-page'") == [("technical_issue", "frontend_slow", "R4")]


def test_each_event_of_a_point_keeps_its_own_cause_where_they_differ(store):
    take(store, *(visit(RAGE) for _ in range(5)), visit({**THROWN, "after_ms": 1500}, RAGE))
    refresh(store)
    rows = store.client.query(
        "SELECT cause_class, count() FROM snag_experience.friction_events_with_cause WHERE kind = 'rage_click' GROUP BY 1"
    ).result_rows
    assert dict(rows) == {"usability": 5, "technical_issue": 1}


def test_judging_again_changes_nothing_and_what_was_taken_back_is_gone(store):
    take(store, *(visit(RAGE) for _ in range(3)), visit({**THROWN, "after_ms": 1500}, RAGE))
    refresh(store)
    tables = ("friction_causes", "event_causes", "friction_sessions")

    def count() -> list[int]:
        return [
            store.client.query(f"SELECT count() FROM snag_experience.{table} FINAL").result_rows[0][0]
            for table in tables
        ]

    before = count()
    assert before == [2, 1, 4]
    store.client.command("TRUNCATE TABLE snag_experience.rollup_progress")
    refresh(store)
    assert count() == before
    store.client.command("TRUNCATE TABLE snag_experience.friction_events")
    store.client.command("TRUNCATE TABLE snag_experience.rollup_progress")
    refresh(store)
    assert count() == [0, 0, 4]


def test_a_program_is_not_judged(store):
    line = queued(decode(json.dumps(visit(RAGE)).encode()), Edge(received_ts=NOW, is_bot=True)).strip()
    store.insert([line])
    refresh(store)
    assert judged(store, "rage_click") == [("unclassified", "", "R0")]


def test_judging_the_last_hours_again_finds_what_has_become_clear(store):
    now = datetime.now(UTC)
    minute = int(now.timestamp() * 1000) - 60_000
    down = {**FAILED, "status": 503}
    take(store, visit(down, ts=minute))
    refresh(store)
    assert judged(store, "failed_action") == [("unclassified", "", "R9")]
    take(store, *(visit(down, ts=minute + 1000 * i) for i in range(4)))
    again(store, timedelta(hours=2))
    assert judged(store, "failed_action") == [("infrastructure", "backend", "R2")]
