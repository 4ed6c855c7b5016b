"""A contact put together from its events is the same in whatever order they come, and how often."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from collector.contacts.ingest import land
from collector.contacts.reduce_events import reduce
from collector.contacts.schema import Door, read
from collector.store import Contact, ContactEvent

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW_MS = 1_795_348_800_000
DOOR = Door("desk", NOW_MS)


def event(minute, kind, event_id=None, actor="agent", **more):
    return read(
        {
            "source_contact_id": "C1",
            "event_id": event_id or f"{kind}{minute}",
            "kind": kind,
            "actor": actor,
            "event_ts": (AT + timedelta(minutes=minute)).isoformat(),
            **more,
        },
        DOOR,
    )


LIFE = [
    event(0, "created", actor="customer", fields={"channel": "email", "queue": "tier 1", "priority": "low"}),
    event(1, "replied", actor="bot"),
    event(5, "replied"),
    event(6, "changed", fields={"priority": "high"}),
    event(9, "transferred", **{"from": "tier 1", "to": "tier 2"}),
    event(9, "escalated"),
    event(12, "replied"),
    event(20, "resolved"),
    event(30, "reopened", actor="customer"),
    event(45, "resolved"),
]


def state(row: Contact):
    return {name: getattr(row, name) for name in Contact.__struct_fields__ if name != "version"}


def test_a_life_is_read_out_of_its_events():
    row = reduce(LIFE)
    minutes = {
        name: (getattr(row, name) - AT) / timedelta(minutes=1)
        for name in ("created_ts", "first_reply_ts", "first_resolved_ts", "resolved_ts")
    }
    assert minutes == {"created_ts": 0, "first_reply_ts": 5, "first_resolved_ts": 20, "resolved_ts": 45}
    assert (row.channel, row.queue, row.priority, row.status) == ("email", "tier 2", "high", "solved")
    assert (row.agent_replies, row.reopens, row.transfers, row.escalated) == (2, 1, 1, 1)
    assert (row.created_by, row.first_reply_s) == ("customer", 300)


def test_order_and_repetition_change_nothing():
    wanted = state(reduce(LIFE))
    dice = random.Random(7)
    for _ in range(200):
        shuffled = LIFE + dice.sample(LIFE, dice.randrange(len(LIFE)))
        dice.shuffle(shuffled)
        assert state(reduce(shuffled)) == wanted


def test_an_event_that_comes_late_makes_a_higher_version():
    assert reduce(LIFE).version > reduce(LIFE[:3] + LIFE[4:]).version


def test_of_a_contact_that_an_agent_opened_the_second_reply_is_the_first():
    found = reduce([event(0, "created", actor="agent"), event(0, "replied", "a"), event(7, "replied", "b")])
    assert found.first_reply_s == 420


def test_deleted_spam_and_restored_follow_each_other_by_time():
    life = [event(0, "created"), event(1, "spam"), event(2, "restored"), event(3, "deleted")]
    for order in itertools.permutations(life):
        assert reduce(order).is_deleted == 1
        assert reduce([*order, event(4, "restored", "again")]).is_deleted == 0


def test_a_merged_contact_is_still_a_contact_and_says_into_which():
    row = reduce([event(0, "created"), event(5, "merged", to="C2")])
    assert (row.is_deleted, row.status, row.merged_into) == (0, "merged", "C2")


def test_a_field_that_is_null_is_taken_back():
    row = reduce([event(0, "created", fields={"queue": "a"}), event(1, "changed", fields={"queue": None})])
    assert row.queue == ""


def test_nothing_is_made_up_before_it_is_known_when_it_began():
    assert reduce([event(3, "resolved")]) is None


def whole(minute, **fields):
    return read(
        {
            "source_contact_id": "C1",
            "created_ts": AT.isoformat(),
            "channel": "email",
            "updated_ts": (AT + timedelta(minutes=minute)).isoformat(),
            **fields,
        },
        DOOR,
    )


STEPS = [
    whole(2, queue="tier 1", agent_replies=1),
    event(5, "replied"),
    whole(
        10,
        queue="tier 2",
        agent_replies=2,
        status="solved",
        resolved_ts=(AT + timedelta(minutes=9)).isoformat(),
    ),
    event(15, "replied"),
    event(20, "reopened"),
]


@pytest.mark.parametrize("seed", range(6))
def test_snapshots_and_events_come_together_in_the_store_in_any_order(store, seed):
    order = STEPS * 2
    random.Random(seed).shuffle(order)
    for row in order:
        if isinstance(row, ContactEvent):
            land(store, [], [row])
        else:
            land(store, [row])
    (kept,) = store.contacts("desk", ["C1"])
    # 2 were counted at minute 10 and one came after; the reply at minute 5 is among the 2.
    assert (kept.agent_replies, kept.reopens, kept.queue) == (3, 1, "tier 2")
    assert (kept.status, kept.resolved_ts) == ("open", None)


def test_events_before_the_contact_wait_for_it(store):
    landed = land(store, [], [event(5, "deleted")])
    assert landed.waiting == 1
    assert store.contacts("desk", ["C1"]) == []
    land(store, [whole(2)])
    (kept,) = store.contacts("desk", ["C1"])
    assert kept.is_deleted == 1
