"""One vocabulary: nothing in it contradicts itself."""

import typing

from collector.events import KINDS, AnyEvent
from collector.store.schema.desired import KEYS


def test_a_beacon_may_hold_every_kind_and_no_other():
    assert set(typing.get_args(AnyEvent)) == set(KINDS.values())


def test_every_kind_says_what_it_means():
    assert all(cls.__doc__ and cls.__doc__ != "What every event carries." for cls in KINDS.values())


def test_a_retry_is_the_same_row():
    assert all("event_id" in key and "client_ts" in key for key in KEYS.values())
