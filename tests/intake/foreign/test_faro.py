"""Faro's beacons in our vocabulary: what is told, what stays out, what is refused."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from collector.events import kind_of
from collector.intake.decode import BadBeacon, decode
from collector.intake.foreign.beacons import page, route
from collector.intake.foreign.faro import read
from collector.scrub import scrub

NOW = 1_795_260_000_000
AT = datetime.fromtimestamp(NOW / 1000 - 5, UTC).isoformat().replace("+00:00", "Z")
META = {
    "app": {"name": "shop", "version": "2.4.1", "environment": "production"},
    "session": {"id": "kBYC2vkA1K"},
    "page": {"url": "https://shop.test/cart/4711?q=secret"},
    "browser": {"mobile": False},
    "user": {"email": "ann@example.org", "id": "ann"},
}


def body(meta=None, **lists) -> bytes:
    return json.dumps({"meta": META | (meta or {}), **lists}).encode()


def told(raw: bytes, app: str = ""):
    found = read(raw, "application/json", app, NOW)
    return [event for beacon in found.beacons for event in beacon.events], found.left_out


def event(name: str, attributes=None, **more):
    return {"name": name, "timestamp": AT, "attributes": attributes or {}, **more}


def test_a_visit_keeps_its_site_release_and_environment_and_no_person():
    (beacon,) = read(body(events=[event("contact_opened")]), "", "", NOW).beacons
    assert (beacon.app, beacon.release, beacon.env) == ("shop", "2.4.1", "production")
    assert "ann" not in repr(beacon)
    assert decode(msgspec.json.encode(beacon)).events == beacon.events


def test_an_exception_is_a_page_error_without_what_people_typed():
    said = {
        "type": "TypeError",
        "value": "cannot read 'ann@x.org' of 42",
        "timestamp": AT,
        "stacktrace": {"frames": [{"filename": "https://cdn.shop.test/app.js?v=1", "lineno": 3, "colno": 113}]},
    }
    ((one,), _) = told(body(exceptions=[said]))
    assert kind_of(one) == "page_error"
    assert (one.error_type, one.error_message) == ("TypeError", "cannot read <email> of #")
    assert (one.error_place, one.page_group, one.first_party) == (
        "cdn.shop.test/app.js:3:113",
        "/cart/:id",
        True,
    )


def test_a_stranger_s_script_is_not_the_site_s():
    frames = [{"filename": "https://ads.example/x.js", "lineno": 1, "colno": 1}]
    said = {"type": "Error", "value": "x", "timestamp": AT, "stacktrace": {"frames": frames}}
    ((one,), _) = told(body(exceptions=[said]))
    assert one.first_party is False


def test_what_was_written_to_the_console_is_no_error_that_somebody_met():
    said = {"type": "Error", "value": "console.error: logged 5", "timestamp": AT}
    assert told(body(exceptions=[said])) == ([], {"unjudged": 1})


def test_vitals_keep_their_value():
    vitals = [
        {"type": "web-vitals", "values": {"lcp": 60.5, "delta": 60.5}, "timestamp": AT},
        {"type": "web-vitals", "values": {"cls": 0.25}, "timestamp": AT},
        {"type": "custom", "values": {"lcp": 1}, "timestamp": AT},
    ]
    found, left = told(body(measurements=vitals))
    assert [(one.metric, one.value) for one in found] == [("LCP", 60.5), ("CLS", 0.25)]
    assert left == {"unjudged": 1}


def test_a_document_is_a_page_view_and_one_that_failed_an_error_page():
    attributes = {
        "name": "https://shop.test/orders/8812?x=1",
        "duration": "147",
        "responseStatus": "503",
        "ttfb": "15",
    }
    found, _ = told(body(events=[event("faro.performance.navigation", attributes)]))
    assert [kind_of(one) for one in found] == ["page_view", "resource_timing", "error_page"]
    assert {one.page_group for one in found} == {"/orders/:id"}
    assert found[2].status == 503


@pytest.mark.parametrize(
    ("status", "asked", "action", "kinds"),
    [
        ("500", "fetch", {"parentId": "1", "name": "pay"}, ["resource_timing", "failed_action"]),
        ("500", "xmlhttprequest", {"parentId": "1", "name": "pay"}, ["resource_timing", "failed_action"]),
        ("500", "fetch", None, ["resource_timing"]),
        ("404", "fetch", {"parentId": "1", "name": "pay"}, ["resource_timing"]),
        ("unknown", "fetch", {"parentId": "1", "name": "pay"}, ["resource_timing"]),
        ("500", "img", {"parentId": "1", "name": "pay"}, ["resource_timing"]),
    ],
)
def test_a_request_that_failed_is_friction_only_where_a_user_s_action_made_it(status, asked, action, kinds):
    attributes = {"name": "https://shop.test/api/pay/17", "responseStatus": status, "initiatorType": asked}
    more = {"action": action} if action else {}
    found, _ = told(body(events=[event("faro.performance.resource", attributes, **more)]))
    assert [kind_of(one) for one in found] == kinds
    assert found[0].route == "shop.test/api/pay/:id"


def test_a_move_within_one_page_group_is_no_new_page():
    there = {"fromUrl": "https://shop.test/cart/1", "toUrl": "https://shop.test/pay"}
    same = {"fromUrl": "https://shop.test/cart/1", "toUrl": "https://shop.test/cart/2"}
    found, _ = told(body(events=[event("faro.navigation", there), event("faro.navigation", same)]))
    assert [(kind_of(one), one.page_group) for one in found] == [("page_view", "/pay")]


def test_a_policy_violation_is_a_page_error():
    attributes = {"blockedURI": "https://evil.example/x.js?y", "effectiveDirective": "script-src"}
    ((one,), _) = told(body(events=[event("securitypolicyviolation", attributes)]))
    assert (one.error_source, one.error_type, one.error_place) == ("csp", "script-src", "evil.example/x.js")


def test_what_nothing_of_ours_says_stays_out_and_is_counted():
    raw = body(
        events=[event("session_start"), event("faro.user.action", {"userActionName": "pay"})],
        logs=[{"message": "hello", "timestamp": AT}],
    )
    assert told(raw) == ([], {"unjudged": 3})


def test_an_event_that_cannot_be_read_costs_no_other():
    broken = [
        {"type": "web-vitals", "values": {"lcp": -1}, "timestamp": AT},
        {"type": "web-vitals", "values": {"lcp": "fast"}, "timestamp": AT},
        {"type": "web-vitals", "values": {"lcp": 5}, "timestamp": "yesterday"},
        {"values": {"lcp": 5}, "timestamp": AT},
        5,
        None,
    ]
    found, left = told(body(measurements=broken, events=[event("contact_opened")]))
    assert [kind_of(one) for one in found] == ["contact_opened"]
    assert left == {"bad_field": 6}


def test_what_is_over_a_day_away_stays_out():
    said = event("contact_opened") | {"timestamp": "2020-01-01T00:00:00Z"}
    assert told(body(events=[said])) == ([], {"event_time": 1})


def test_a_retry_has_the_same_ids_and_another_body_has_others():
    vital = {"type": "web-vitals", "values": {"lcp": 5}, "timestamp": AT}
    raw = body(events=[event("contact_opened")], measurements=[vital])
    first, again = (read(raw, "", "", now).beacons[0] for now in (NOW, NOW + 40_000))
    assert first.beacon_id == again.beacon_id
    assert [one.event_id for one in first.events] == [one.event_id for one in again.events]
    other = read(body(events=[event("help_opened")]), "", "", NOW).beacons[0]
    assert other.beacon_id != first.beacon_id
    assert other.session_id == first.session_id


def test_more_events_than_one_beacon_takes_become_several():
    many = [{"type": "web-vitals", "values": {"lcp": i}, "timestamp": AT} for i in range(450)]
    found = read(body(measurements=many), "", "", NOW).beacons
    assert [len(one.events) for one in found] == [200, 200, 50]
    assert len({one.beacon_id for one in found}) == 3


@pytest.mark.parametrize(
    ("raw", "app", "said"),
    [
        (b"{", "", "not JSON"),
        (b"[]", "", "it has no meta"),
        (b'{"meta": 5}', "", "it has no meta"),
        (body({"session": {}}), "", "meta.session.id is missing"),
        (body({"app": {}}), "", "the app has no name"),
        (body({"app": {"name": "my shop"}}), "", "?app=shop"),
        (b"[" * 100_000, "", "not JSON"),
    ],
)
def test_what_is_no_faro_is_refused_in_words(raw, app, said):
    with pytest.raises(BadBeacon) as error:
        read(raw, "", app, NOW)
    assert said in str(error.value)


def test_the_url_may_name_the_site():
    (beacon,) = read(body({"app": {"name": "my shop"}}, events=[event("help_opened")]), "", "shop", NOW).beacons
    assert beacon.app == "shop"


@pytest.mark.parametrize(
    ("address", "is_page", "is_route"),
    [
        (
            "https://shop.test/orders/8812/items/3f2a91bc?x=1#y",
            "/orders/:id/items/:id",
            "shop.test/orders/:id/items/:id",
        ),
        ("https://ann:pw@shop.test/u/ann@x.org", "/u/:id", "shop.test/u/:id"),
        ("https://shop.test", "/", "shop.test"),
        ("https://shop.test/reset/eyJhbGciOi", "/reset/:id", "shop.test/reset/:id"),
        ("https://[bad", "/", ""),
        ("", "", ""),
    ],
)
def test_addresses_name_nobody(address, is_page, is_route):
    assert (page(address), route(address)) == (is_page, is_route)


def test_scrubbing_is_quick_whatever_comes():
    for hostile in ('"' * 100_000, "a@" * 50_000, "://" * 50_000, "1 " * 50_000):
        assert len(scrub(hostile)) <= 200
