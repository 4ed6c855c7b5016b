"""Migrations are history: none changes, their sum is the desired schema, and a store of an earlier version can follow."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collector.store.schema import difference
from collector.store.schema import migrate as migrating
from collector.store.schema.migrate import Migration, migrations
from tests.conftest import beacon, event
from tests.store.test_store import keep

FROZEN = {
    "0001_events.sql": "a305a0fff7433a226aca5bb3adefcbec5c94c4408f7b9316674ae7cc86f93b80",
    "0002_support.sql": "0e43b58066637b5054c1502d016fb45cca94ee72839966bd54752a5338edf8fa",
    "0003_rollups.sql": "7ca5bba3b4abe0dbad815697c5907d63f91749398793e369c686e91b46ccdc65",
    "0004_verdicts.sql": "4cec225e92837bd9c2d66aedaf0a0c3715220ac16d5855fe66bc9787a8c376c6",
    "0005_sourcemaps.sql": "fa22c54bb748ea9f8d55932a64220134ac715b8d43aaeb4ebff9f43422dd52f4",
    "0010_contacts.sql": "126f54b7c12114c5621f01d173825b51787036cc1be47975cc04bd3bf742072a",
    "0015_privacy.sql": "f65fd90bd82e36cd11fbb630656b8a0fa650cc6aa3c7e8b9f82ada8fe3cf9738",
    "0016_metrics.sql": "a306c3a8a3f09e4aafbfaf8099f3a65d865e978efc15764547b61129f0a3aa8f",
    "0017_erasure.sql": "bc4e9048ac474267f0a29558079a76f20940885235adfbc006391a63fb2c3803",
    "0018_across.sql": "38e47d0087b85b406eed1e4c9fe921bfa923547cfb0249208ef1fa3dd9dd6c9b",
    "0019_answers.sql": "ee8118403b31e010eccb5c8d43349697b126ca1f95f7d040c57f442048c882c4",
    "0020_causes.sql": "154ed32f3ce203ea8d1d994ae490916c0ac1cac616a9f9a975beb33f8575b6e1",
    "0021_cause_views.sql": "1c24328121d967c7d7e6e9ce802b11539aa531035f930938c873b1b22f5ff08e",
    "0030_boards.sql": "65c55a954ce44c45437d7415e9fdfd1ae34cf379ba5e64a155a168e5420e5f28",
    "0031_telemetry.sql": "d9fccb66b62b0abc2adcb69fe73726530bdf668f68cb72ee3da6bed6eff69119",
    "0032_page_sums.sql": "9a2aaf3ac187e857e992d96c7bed9b4c5554b6ac603b41e770a155ad84d9025f",
    "0033_column_comments.sql": "1b94f9d3ea5c6cec370ed04bd0fea24341b12e3dc4d8b96fc2716f7d08eb78d6",
    "0040_surge_reviews.sql": "1d9742e25b081a830dd691319678c6fe61d63596ec6f70606d88554b5d88f1f6",
    "0070_judged.sql": "4330d2e7fa9539fa95642f60e3f13a184ab0a80a0e8c2b6d3aa7ebfd5cf2f9eb",
}  # fmt: skip
"""Every landed migration and its checksum, which is in every store."""


def test_no_landed_migration_has_changed():
    known = {m.name: hashlib.sha256(m.sql.encode()).hexdigest() for m in migrations()}
    assert {name: known.get(name) for name in FROZEN} == FROZEN, "a change needs a new, higher number"


def test_the_sum_of_the_migrations_is_the_desired_schema(store):
    statements = difference.missing(store.client)
    assert statements == [], "put these into a new migration:\n\n" + ";\n\n".join(statements) + ";"


def test_a_migration_whose_number_was_left_out_is_applied_later(store, monkeypatch):
    late, later = (
        Migration(number, f"{number}_gap.sql", f"CREATE DATABASE IF NOT EXISTS gap_{number};\n")
        for number in (9990, 9995)
    )
    known = migrations()
    try:
        monkeypatch.setattr(migrating, "migrations", lambda: [*known, later])
        assert store.migrate() == [later]
        monkeypatch.setattr(migrating, "migrations", lambda: [*known, late, later])
        assert store.migrate() == [late]
        assert store.migrate() == []
    finally:
        for one in (late, later):
            store.client.command(f"DROP DATABASE IF EXISTS gap_{one.number}")
            store.client.command(
                "ALTER TABLE snag_experience.schema_migrations DELETE "
                f"WHERE number = {one.number} SETTINGS mutations_sync = 2"
            )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "ALTER TABLE snag_experience.help_events DROP COLUMN target_name",
            "ALTER TABLE snag_experience.help_events ADD COLUMN IF NOT EXISTS target_name LowCardinality(String) COMMENT "
            "'name of the element: data-snag-name, its label, or its role' AFTER target",
        ),
        (
            "DROP VIEW snag_intake.help_events",
            "CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.help_events TO snag_experience.help_events AS",
        ),
        (
            "ALTER TABLE snag_intake.landing MODIFY COLUMN consent LowCardinality(String)",
            "ALTER TABLE snag_intake.landing MODIFY COLUMN consent String",
        ),
    ],
)
def test_what_a_store_lacks_is_named_as_statements_that_mend_it(store, change, expected):
    keep(store, beacon(event("help_opened", target_name="FAQ")))
    store.client.command(change)
    statements = difference.missing(store.client)
    for statement in statements:
        store.client.command(statement)
    assert statements[0].startswith(expected)
    assert difference.missing(store.client) == []


WALK = """
import json, sys
from collector.store import Store
from collector.store.schema import difference
from collector.store.schema import migrate as migrating
from tests.conftest import beacon, event
from tests.store.test_store import keep

dsn, folder = sys.argv[1:]
store = Store.open(dsn)
known = migrating.migrations
migrating.migrations = lambda: [m for m in known() if m.number <= 32]
store.migrate()
keep(store, beacon(event("rage_click"), event("page_view")))
migrating.migrations = known
store.migrate()
written = []
while statements := difference.missing(store.client):
    number = 9000 + len(written)
    with open(f"{folder}/{number}_zoomed.sql", "w") as file:
        file.write("".join(statement + ";\\n\\n" for statement in statements))
    written.append(statements)
    assert [m.number for m in store.migrate()] == [number]
    assert len(written) < 5
keep(store, beacon(event("rage_click", zoomed=True)))
for table in ("friction_events", "friction_events_with_fingerprint", "friction_events_with_cause"):
    rows = store.client.query(f"SELECT app, zoomed FROM snag_experience.{table} ORDER BY zoomed").result_rows
    assert rows == [("shop", False), ("shop", True)], (table, rows)
assert store.migrate() == []
print(json.dumps(written))
"""


@pytest.mark.long
def test_a_new_field_and_its_migration_bring_a_store_of_version_0_1_0_up_to_date(root, tmp_path):
    """What a developer does: a field in events.py, the statements that the test prints, a migration with them."""
    for room in ("collector", "tests"):
        shutil.copytree(root / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    events = tmp_path / "collector/events.py"
    text = events.read_text(encoding="utf-8")
    mark = '    blocked: Annotated[bool, _flag("'
    assert mark in text
    field = '    zoomed: Annotated[bool, _flag("the page was enlarged")] = False\n'
    events.write_text(text.replace(mark, field + mark), encoding="utf-8")
    folder = tmp_path / "collector/store/schema/migrations"
    walked = subprocess.run(
        [sys.executable, "-c", WALK, f"chdb://{tmp_path}/engine/store", str(folder)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    for word in (
        "ADD COLUMN IF NOT EXISTS zoomed",
        "MODIFY COLUMN friction_events",
        "MODIFY QUERY",
        "DROP VIEW IF EXISTS",
    ):
        assert word in walked.stdout
    assert (
        Path(folder, "0001_events.sql").read_bytes()
        == (root / "collector/store/schema/migrations/0001_events.sql").read_bytes()
    )
