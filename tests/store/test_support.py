"""Rows of the support side keep every field on their way into the store."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from collector.store import Annotation, Contact, ContactEvent, ContactInterval, SurveyResponse

AT = datetime(2026, 11, 21, 12, 30, 15, 250_000, tzinfo=UTC)
EVERY_BYTE = [bytes((first + i) % 256 for i in range(16)).hex() for first in range(0, 256, 16)]


def only(store, table):
    result = store.client.query(f"SELECT * FROM {table} FINAL")
    (row,) = result.result_rows
    return dict(zip(result.column_names, row, strict=True))


def test_every_field_of_a_contact_arrives(store):
    given = Contact(
        "desk",
        "C1",
        7,
        0,
        AT,
        "phone",
        "Telefon",
        "pay.card",
        "de",
        "DE",
        "shop",
        "3f2a9c01",
        AT + timedelta(1),
        "Europe/Berlin",
        "min",
        1,
        "outbound",
        "Zahlung",
        "rule 3",
        ("a", "b"),
        "solved",
        "high",
        "tier 2",
        "K9",
        "C0",
        "agent",
        "mixed",
        AT,
        AT,
        60,
        30,
        AT,
        90,
        AT,
        95,
        AT,
        1,
        2,
        3,
        1,
        "00" * 16,
        "/pay",
        'Wo ist meine "Karte"?\n',
    )
    store.add_contacts([given])
    kept = only(store, Contact.table)
    for name in Contact.__struct_fields__:
        want = getattr(given, name)
        want = list(want) if name == "tags" else bytes(16) if name.startswith("requester_key") else want
        got = kept[name].replace(tzinfo=UTC) if isinstance(kept[name], datetime) else kept[name]
        assert got == want, name


def test_what_is_left_out_is_unknown_and_not_zero(store):
    store.add_contacts([Contact("desk", "C1", 7, 0, AT, "phone", "Telefon")])
    kept = only(store, Contact.table)
    assert kept["updated_ts"].replace(tzinfo=UTC) == AT
    assert [kept[name] for name in ("reopens", "agent_replies", "transfers", "escalated", "resolved_ts")] == [None] * 5
    assert (kept["requester_key"], kept["link_method"], kept["status"]) == (bytes(16), "none", "unknown")


def test_a_key_may_hold_any_byte(store):
    store.add_contacts([Contact("desk", key, 7, 0, AT, "phone", "Telefon", requester_key=key) for key in EVERY_BYTE])
    rows = store.client.query(
        "SELECT source_contact_id, lower(hex(requester_key)) FROM snag_experience.support_contacts"
    )
    assert sorted(rows.result_rows) == sorted((key, key) for key in EVERY_BYTE)


@pytest.mark.parametrize(
    "row",
    [
        ContactEvent("desk", "C1", "e1", AT, "replied", "agent", "a", "b", '{"queue":"x"}'),
        ContactInterval("acd", "phone", AT.replace(microsecond=0), 1800, 9, 100, "sales", answered=90),
        SurveyResponse("q", "r1", 3, "nps", 0, 10, 9, AT, requester_key="ff" * 16, weight=2.0),
        Annotation(uuid4(), 1, AT, None, "release", "shop", "v42", 0, "agent", "", {"a": "b"}),
    ],
    ids=lambda row: type(row).__name__,
)  # fmt: skip
def test_every_other_row_arrives_too(store, row):
    store.keep_rows([row])
    kept = only(store, row.table)
    for name in row.__struct_fields__:
        got, want = kept[name], getattr(row, name)
        got = got.replace(tzinfo=UTC) if isinstance(got, datetime) else got.hex() if isinstance(got, bytes) else got
        assert got == want, name
