"""A backup brings back what was there; `snag store` says what it finds."""

import json
import subprocess
import sys
import zipfile

import pytest

from collector.store.backup import BackupError, backup, restore
from collector.store.check import check
from tests.conftest import beacon, event
from tests.store.test_rollups import rolled, take, visits
from tests.store.test_store import count, keep


def nothing(*_: object) -> None:
    pass


def emptied(store) -> None:
    for table in (
        "page_views",
        "friction_events",
        "friction_5m",
        "friction_1h",
        "friction_1d",
        "rollup_progress",
    ):
        store.client.command(f"TRUNCATE TABLE snag_experience.{table}")


def test_everything_comes_back_also_twice(store, tmp_path):
    take(store, visits(7, 25))
    store.refresh()
    before = rolled(store), count(store, "snag_experience.friction_events")
    rows = backup(store.client, tmp_path / "store.zip", nothing)
    assert rows["snag_experience.page_views"] == 25
    emptied(store)
    assert rolled(store) == {}
    for _ in range(2):
        restore(store.client, tmp_path / "store.zip", nothing)
        assert (rolled(store), count(store, "snag_experience.friction_events")) == before


def test_a_backup_replaces_no_file_and_leaves_no_half(store, tmp_path):
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(BackupError, match="exists already; choose a new name"):
        backup(store.client, tmp_path / "there.zip", nothing)
    with pytest.raises(BackupError, match="cannot be written: No such file or directory"):
        backup(store.client, tmp_path / "nowhere" / "a.zip", nothing)
    assert [file.name for file in tmp_path.iterdir()] == ["there.zip"]


def test_what_is_no_backup_is_refused(store, tmp_path):
    with pytest.raises(BackupError, match="does not exist"):
        restore(store.client, tmp_path / "none.zip", nothing)
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(BackupError, match="is no backup made by"):
        restore(store.client, tmp_path / "text.zip", nothing)
    with zipfile.ZipFile(tmp_path / "newer.zip", "w") as archive:
        manifest = {"version": "9.0", "migrations": {"9999_more.sql": "x"}, "columns": {}}
        archive.writestr("snagwatch.json", json.dumps(manifest))
    with pytest.raises(BackupError, match=r"made by a newer version \(9999_more.sql\); use 9.0"):
        restore(store.client, tmp_path / "newer.zip", nothing)


def test_a_damaged_backup_changes_nothing(store, tmp_path):
    keep(store, beacon(event("page_view")))
    file = tmp_path / "store.zip"
    backup(store.client, file, nothing)
    raw = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        views = archive.getinfo("snag_experience.page_views.native")
    raw[views.header_offset + 30 + len(views.filename) + views.compress_size // 2] ^= 0xFF
    file.write_bytes(raw)
    emptied(store)
    with pytest.raises(BackupError):
        restore(store.client, file, nothing)
    assert count(store, "snag_experience.page_views") == 0


def test_a_sound_store_is_found_sound_and_a_strange_column_is_named(store):
    keep(store, beacon(event("page_view")))
    assert [one for one in check(store.client) if one.wrong] == []
    store.client.command("ALTER TABLE snag_experience.help_events RENAME COLUMN view_id TO other_id")
    wrong = [one for one in check(store.client) if one.wrong]
    store.client.command("ALTER TABLE snag_experience.help_events RENAME COLUMN other_id TO view_id")
    assert [(one.what, one.wrong) for one in wrong] == [
        ("columns of snag_experience.help_events", "view_id is missing")
    ]


def snag(*args: str, cwd, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "collector", "store", *args, "--data-dir", str(cwd)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.mark.long
def test_the_command_line_says_what_the_store_has(tmp_path):
    assert "0001_events.sql\tpending" in snag("status", cwd=tmp_path, status=1)
    assert "CREATE TABLE IF NOT EXISTS" in snag("migrate", "--dry-run", "--sql", cwd=tmp_path)
    assert snag("migrate", cwd=tmp_path).startswith("applied: 0001_events.sql")
    assert "0001_events.sql\tapplied" in snag("status", cwd=tmp_path)
    assert snag("query", "SELECT 1 AS a, 'x,y' AS b", "--csv", cwd=tmp_path).splitlines() == [
        "a,b",
        '1,"x,y"',
    ]
    assert json.loads(snag("query", "SELECT 1 AS a", "--json", cwd=tmp_path)) == {"a": 1}
    assert "schema\tok" in snag("check", cwd=tmp_path)
    assert "GRANT SELECT, SHOW ON snag_experience.* TO snag_ux" in snag("roles", cwd=tmp_path)
