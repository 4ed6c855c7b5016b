"""Who asked to be forgotten is known again by every intake."""

from datetime import UTC, datetime

from collector.privacy.keys import load_keys
from collector.privacy.suppression import Suppression

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_who_asked_is_held_back_in_every_spelling_and_after_rotations_and_nobody_else(tmp_path, store):
    keys = load_keys(tmp_path, now=NOW)
    rows = [[key] for key in keys.every("desk", "Ann@example.org")]
    store.client.insert("snag_experience.erasure_suppressions", rows, column_names=["subject_key"])
    rotated = keys.rotated(NOW, 1).rotated(NOW, 1)
    suppression = Suppression(rotated, store.suppressed())
    assert suppression.holds("desk", "ann@example.org ")
    assert not suppression.holds("desk", "bob@example.org")
    assert not suppression.holds("phones", "ann@example.org")
    assert not suppression.holds("desk", "")


def test_an_empty_list_holds_nobody_back(tmp_path, store):
    assert not Suppression(load_keys(tmp_path), store.suppressed()).holds("desk", "ann@example.org")
