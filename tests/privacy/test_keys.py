"""A requester is recognised over sources' spellings, restarts and rotations, and cannot be named."""

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from collector.privacy.keys import NO_KEY, OVERLAP, BadKeys, load_keys

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRETS = ",".join(letter * 32 for letter in "abc")


def test_the_same_requester_has_the_same_key_after_a_restart(tmp_path):
    first = load_keys(tmp_path).requester_key("desk", "4711")
    assert load_keys(tmp_path).requester_key("desk", "4711") == first
    assert len(first) == 16


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann@Example.org ", "ann@example.org"), ("+49 (151) 234-567", "0049151234567"), ("４７１１", "4711")],
)
def test_spellings_of_one_requester_are_one(tmp_path, one, other):
    keys = load_keys(tmp_path)
    assert keys.requester_key("desk", one) == keys.requester_key("desk", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("desk", "1"), ("desk", "2")), (("ab", "c"), ("a", "bc")), (("desk", "0015A"), ("desk", "0015a"))],
)
def test_different_requesters_are_two(tmp_path, one, other):
    keys = load_keys(tmp_path)
    assert keys.requester_key(*one) != keys.requester_key(*other)


def test_nobody_has_no_key(tmp_path):
    keys = load_keys(tmp_path)
    assert keys.requester_key("desk", " ") == NO_KEY
    assert keys.every("desk", "") == ()


def test_the_file_is_its_owners_alone_and_one_that_others_can_read_is_refused(tmp_path):
    load_keys(tmp_path)
    path = tmp_path / "requester.keys"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(BadKeys, match=r"mode 640.*chmod 600"):
        load_keys(tmp_path)


def test_a_damaged_file_is_said_and_not_replaced(tmp_path):
    load_keys(tmp_path)
    (tmp_path / "requester.keys").write_text("{}")
    with pytest.raises(BadKeys, match="damaged"):
        load_keys(tmp_path)


def test_after_a_rotation_contacts_carry_the_key_before_for_two_weeks(tmp_path):
    old = load_keys(tmp_path, now=NOW - timedelta(days=90))
    new = old.rotated(NOW, keep_days=400)
    assert new.requester_key("desk", "1") != old.requester_key("desk", "1")
    assert new.requester_key_before("desk", "1", NOW + OVERLAP) == old.requester_key("desk", "1")
    assert new.requester_key_before("desk", "1", NOW + OVERLAP + timedelta(seconds=1)) == NO_KEY
    assert old.requester_key_before("desk", "1", NOW) == NO_KEY


def test_a_person_is_found_under_every_secret_that_lives_and_the_suppression_never_changes(tmp_path):
    old = load_keys(tmp_path, now=NOW)
    new = old.rotated(NOW + timedelta(days=100), 400).rotated(NOW + timedelta(days=200), 400)
    assert old.requester_key("desk", "1") in new.every("desk", "1")
    assert new.requester_key("desk", "1") in new.every("desk", "1")
    assert new.every("desk", "1")[0] == old.every("desk", "1")[0]


def test_a_secret_goes_when_no_row_can_stand_under_it_any_more(tmp_path):
    keys = load_keys(tmp_path, now=NOW)
    for day in (100, 200, 601):
        keys = keys.rotated(NOW + timedelta(days=day), keep_days=400)
    # The first was in use until day 100, the second until day 200: of both the last row went before day 601.
    assert [(one.since_ts - NOW).days for one in keys.live] == [601, 200]


def test_rotated_secrets_are_read_back(tmp_path):
    keys = load_keys(tmp_path).rotated(NOW, 400)
    keys.write(tmp_path / "requester.keys")
    assert load_keys(tmp_path).every("desk", "1") == keys.every("desk", "1")


def test_secrets_may_come_from_the_environment(tmp_path):
    keys = load_keys(tmp_path, SECRETS)
    assert len(keys.every("desk", "1")) == 3
    assert keys.requester_key_before("desk", "1", datetime.now(UTC)) == keys.every("desk", "1")[2]
    assert not (tmp_path / "requester.keys").exists()


@pytest.mark.parametrize("given", ["a" * 32, f"{'a' * 32},short", f"{'a' * 32},{'a' * 32}"])
def test_bad_secrets_are_named_by_their_place_and_never_shown(tmp_path, given):
    with pytest.raises(BadKeys, match="SNAG_REQUESTER_KEYS") as error:
        load_keys(tmp_path, given)
    assert "aaaa" not in str(error.value)


def test_secrets_do_not_show_in_a_log(tmp_path):
    assert "a" * 8 not in repr(load_keys(tmp_path, SECRETS))
