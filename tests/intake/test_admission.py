"""The steps between a decoded beacon and the queue, each by itself and in their order."""

import json
from typing import get_args, get_type_hints
from uuid import UUID

import pytest

from collector.events import KINDS, Beacon, Edge, texts
from collector.intake import admission
from collector.intake.admission import CHANGED, STEPS, UNCHANGED, Context, Memory, Policy, Refused, admit
from collector.intake.apps import App, Apps
from collector.intake.client_info import Visitors
from collector.intake.decode import decode
from collector.settings import networks
from tests.conftest import NOW, beacon, event

CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36"


def made(*events, **fields):
    return decode(json.dumps(beacon(*(events or (event(),)), **fields)).encode())


def context(policy=None, memory=None, *, peer="203.0.113.7", queue_share=0.0, content=b"?@", **headers):
    policy = policy or Policy()
    memory = memory or Memory(policy, lambda: NOW / 1000)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Context(policy, memory, named, peer, now=NOW / 1000, queue_share=queue_share, content=content)


def test_the_steps_are_in_their_order():
    assert [name for name, _ in STEPS] == [
        "site",
        "rate_limit",
        "duplicate",
        "sample",
        "shed",
        "strip",
        "redact",
        "cap_consent",
        "client_info",
        "trace",
    ]


SHOP = Policy(apps=Apps({"shop": App(origins=("https://shop.example",))}))


@pytest.mark.parametrize(
    ("app", "origin", "reason"),
    [
        ("shop", "https://shop.example", None), ("shop", None, None), ("shop", "https://evil.example", "origin"),
        ("shpo", "https://shop.example", "unknown_app"),
    ],
)  # fmt: skip
def test_site(app, origin, reason):
    headers = {"origin": origin} if origin else {}
    result = admission.site(made(app=app), context(SHOP, **headers))
    assert (result.reason if isinstance(result, Refused) else None) == reason


def test_rate_limit_by_site_and_by_network():
    policy = Policy(apps=Apps({"shop": App(events_per_s=1 / 60)}))
    memory = Memory(policy, lambda: 0.0)
    assert admission.rate_limit(made(), context(policy, memory)) is UNCHANGED
    refused = admission.rate_limit(made(), context(policy, memory))
    assert (refused.status, refused.reason, refused.retry_s) == (429, "app_limit", 60.0)
    policy = Policy(address_events_per_s=1 / 60)
    memory = Memory(policy, lambda: 0.0)
    results = [admission.rate_limit(made(), context(policy, memory, peer=p)) for p in ("1.2.3.4", "1.2.3.9", "1.2.4.1")]
    assert [getattr(result, "reason", None) for result in results] == [None, "address_limit", None]


def test_duplicate():
    once, memory = made(), Memory(Policy(), lambda: 0.0)
    first = context(memory=memory)
    assert admission.duplicate(once, first) is UNCHANGED
    memory.duplicates.add(first.duplicate_key)
    assert admission.duplicate(once, context(memory=memory)) == Refused(204, "duplicate")
    assert admission.duplicate(made(beacon_id=str(once.beacon_id)), context(memory=memory)) is UNCHANGED


def test_sample_decides_by_session_and_never_on_journeys():
    policy = Policy(apps=Apps({"shop": App(sample=0.5)}))

    def sampled(session: int, **fields) -> bool:
        one, at = made(session_id=str(UUID(int=session)), **fields), context(policy)
        admission.site(one, at)
        return admission.sample(one, at) is UNCHANGED

    kept = [sampled(n) for n in range(1, 400)]
    assert 140 < sum(kept) < 260
    assert kept == [sampled(n) for n in range(1, 400)]
    assert all(sampled(n, traffic_source="synthetic") for n in range(1, 50))


def test_shed_leaves_out_what_is_missed_least():
    one = made(event("web_vital", metric="LCP", value=1), event("rage_click"))
    full = context(queue_share=0.99)
    assert admission.shed(one, full) is CHANGED
    assert ([type(e).__name__ for e in one.events], full.shed) == (["RageClick"], 1)
    nothing = admission.shed(made(event("page_view")), context(queue_share=0.99))
    assert (nothing.status, nothing.reason) == (503, "shed")
    assert admission.shed(made(event("page_view")), context(queue_share=0.5)) is UNCHANGED


def test_strip_cuts_queries_off_addresses_and_nothing_else():
    one = made(event("page_error", page_group="/pay?card=4", error_place="a.js?k=1", error_message="why? because"))
    assert admission.strip(one, context()) is CHANGED
    found = one.events[0]
    assert (found.page_group, found.error_place, found.error_message) == ("/pay", "a.js", "why? because")


@pytest.mark.parametrize("name", admission.TEXTS[KINDS["page_error"]])
def test_redact_takes_personal_data_out_of_every_text(name):
    one = made(event("page_error", **{name: "a/ann@example.org"}))
    assert admission.redact_texts(one, context()) is CHANGED
    assert "ann" not in getattr(one.events[0], name)
    assert admission.redact_texts(one, context()) is UNCHANGED


def test_the_server_that_a_request_went_to_stays():
    one = made(event("failed_action", route="10.0.0.5:8080/users/10.0.0.9"))
    admission.redact_texts(one, context())
    assert one.events[0].route == "10.0.0.5:8080/users/[ip]"


CODES = {"referrer_group", "reason", "trace_id", "agent", "country", "browser_family"}
"""Texts that our own programs choose from a closed vocabulary."""


@pytest.mark.parametrize("of", [Beacon, Edge, *KINDS.values()], ids=lambda of: of.__name__)
def test_every_text_is_either_redacted_or_of_a_closed_vocabulary(of):
    hints = get_type_hints(of, include_extras=True)
    free = {name for name, hint in hints.items() if hasattr(hint, "__metadata__") and get_args(hint)[0] is str} - {
        "app"
    }
    assert free == set(texts(of)) | (free & CODES)
    assert not set(texts(of)) & CODES


@pytest.mark.parametrize(
    ("links", "headers", "consent"),
    [(True, {}, "full"), (True, {"sec_gpc": "1"}, "measurement"), (True, {"dnt": "1"}, "measurement"),
     (False, {}, "measurement")],
)  # fmt: skip
def test_cap_consent(links, headers, consent):
    one = made(consent="full")
    admission.cap_consent(one, context(Policy(links=links), **headers))
    assert one.consent == consent
    less = made(consent="necessary")
    assert admission.cap_consent(less, context(Policy(links=links), **headers)) is UNCHANGED
    assert less.consent == "necessary"


def test_client_info_knows_browser_device_country_and_clock():
    policy = Policy(
        country={"203.0.113.0": "NZ"}.get, visitors=Visitors(networks("10.0.0.0/8", "SNAG_TRUSTED_PROXIES"))
    )
    one = made(sent_ts=NOW - 3_600_000, device="unknown")
    at = context(policy, peer="10.0.0.1", x_forwarded_for="203.0.113.7", user_agent=CHROME)
    admission.client_info(one, at)
    assert (at.edge.country, at.edge.browser_family, at.edge.is_bot) == ("NZ", "Chrome Mobile", False)
    assert (at.edge.skew_ms, at.edge.received_ts, one.device) == (3_600_000, NOW, "phone")


def test_trace_knows_the_kinds_without_traces_being_exported():
    at = context()
    assert admission.trace(made(event("rage_click"), event("page_view")), at) is UNCHANGED
    assert (at.kinds, at.passage) == (["rage_click", "page_view"], None)


def test_each_step_that_did_something_is_counted_and_the_first_refusal_ends_it():
    counted: list[str] = []
    assert admit(made(event(target_name="a@b.c", page_group="/a?b=c")), context(), counted.append) is None
    assert counted == ["strip", "redact"]
    counted.clear()
    refused = admit(made(event(target_name="a@b.c"), app="shpo"), context(SHOP), counted.append)
    assert (refused.reason, counted) == ("unknown_app", ["site"])
