"""Recorded beacons, sent again as another visitor's."""

import json

import numpy as np

from collector.demo.recording import Recording, Visit, as_another_s, events, replay
from tests.conftest import NOW, beacon, event


def recorded() -> Visit:
    view = event("page_view")
    rage = event("rage_click", repeat_count=3)
    first = beacon(view, rage)
    again = beacon(rage | {"repeat_count": 5, "revision": 1}, session_id=first["session_id"])
    return Visit(NOW / 1000, True, [json.dumps(first), json.dumps(again)])


def test_a_replay_is_somebody_else_at_another_time_and_otherwise_the_same():
    visit = recorded()
    one, two = as_another_s(visit, NOW / 1000 + 60), as_another_s(visit, NOW / 1000 + 60)
    assert len({found.session_id for found in one}) == 1, "one visit stays one visit"
    assert one[0].session_id != two[0].session_id
    assert one[0].events[1].event_id == one[1].events[0].event_id, "a revised event stays one event"
    assert {found.client_ts for part in one for found in part.events} == {NOW + 60_000}
    assert one[1].events[0].repeat_count == 5


def test_a_revised_event_counts_once_and_with_its_last_word():
    rage = [found for found in events(recorded()) if found.__struct_config__.tag == "rage_click"]
    assert [found.repeat_count for found in rage] == [5]


def test_a_recording_comes_back_from_its_file(tmp_path):
    kept = Recording(250.0, [], [recorded()])
    kept.save(tmp_path / "visits.ndjson")
    assert Recording.read(tmp_path / "visits.ndjson") == kept


def test_replayed_columns_tell_the_same_visits():
    starts = np.array([1000.0, 2000.0])
    found = replay([recorded()], starts, np.random.default_rng(1))
    assert found.view_ts.tolist() == [1000.0, 2000.0]
    assert [(point.page_group, point.kind) for point in found.friction] == [("/pay", "rage_click")] * 2
    assert found.hit.tolist() == [True, True]
