"""From the events of many visits to whose fault each was, on the real store."""

import uuid

from collector.cause.judging import refresh
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

VIEW = lambda: str(uuid.uuid4())  # noqa: E731


def visit(*events, view=None, ts=NOW, **fields):
    """A beacon of one view: its page view, then the events, each a dict with `after_ms`."""
    view = view or VIEW()
    found = [event("page_view", view_id=view, client_ts=ts)]
    for one in events:
        one = dict(one)
        found.append(event(one.pop("kind"), view_id=view, client_ts=ts + one.pop("after_ms", 0), **one))
    return beacon(*found, sent_ts=max(e["client_ts"] for e in found) + 500, **fields)


def take(store, *beacons):
    for one in beacons:
        keep(store, one, received_ts=one["sent_ts"])


def causes(store, where="1"):
    """(kind, class, sub, rule) of every event, in the order of time."""
    return [
        tuple(row)
        for row in store.client.query(
            "SELECT kind, cause_class, cause_sub, cause_rule FROM snag_experience.friction_events_with_cause "
            f"WHERE {where} ORDER BY ts, kind"
        ).result_rows
    ]


def test_a_rage_click_beside_an_error_is_technical_and_alone_is_a_matter_of_design(store):
    error = {"kind": "page_error", "after_ms": 900, "error_source": "script", "error_type": "TypeError",
             "error_message": "x is undefined", "error_place": "shop/app.js:#:#"}  # fmt: skip
    take(store, visit({"kind": "rage_click", "target": "#pay"}, error))
    take(store, visit({"kind": "rage_click", "target": "#logo"}))
    refresh(store)
    assert sorted(set(causes(store))) == [
        ("page_error", "technical_issue", "js_error", "R3"),
        ("rage_click", "technical_issue", "js_error", "R3"),
        ("rage_click", "usability", "affordance", "R8"),
    ]
