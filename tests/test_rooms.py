"""Which room may know which. Read this to learn the shape of the program."""

import ast
from pathlib import Path

import pytest

MAY_IMPORT = {
    "collector.events": {"collector.store.schema.desired"},  # only when it is run, to write the files
    "collector.store.schema.desired": {"collector.events"},
    "collector.settings": set(),
    "collector.times": set(),
    "collector.logs": set(),
    "collector.telemetry": {"collector.telemetry", "collector"},
    "collector.intake": {
        "collector.intake",
        "collector.intake.foreign",
        "collector.events",
        "collector.spool",
        "collector.telemetry",
        "collector.privacy.redact",
    },
    "collector.intake.foreign": {"collector.intake.foreign", "collector.events", "collector.intake.decode"},
    "collector.spool": {"collector.spool"},
    "collector.store": {"collector.store", "collector.events", "collector.store.schema.desired", "collector"},
    "collector.contacts": {
        "collector.contacts",
        "collector.intake.decode",
        "collector.intake.decompress",
        "collector.spool",
        "collector.telemetry",
        "collector.privacy",
        "collector.store.store",
        "collector.store.support",
        "collector.times",
    },
    "collector.metrics": {"collector.metrics"},
    "collector.friction": {"collector.friction", "collector.metrics", "collector.store"},
    "collector.notify": {
        "collector.notify",
        "collector.contacts.sources_file",
        "collector.correlate",
        "collector.surges.history",
        "collector.surges.wording",
        "collector.store",
        "collector.surges.find",
        "collector.telemetry",
        "collector",
    },
    "collector.correlate": {"collector.correlate"},
    "collector.privacy": {"collector.privacy", "collector.store"},
    "collector.performance": {"collector.performance"},
    "collector.surges.history": {"collector.correlate", "collector.store", "collector.surges.find"},
    "collector.surges.find": {"collector.correlate", "collector.store"},
    "collector.sourcemaps.decode": set(),
    "collector.sourcemaps.lookup": {"collector.sourcemaps.decode", "collector.store"},
    "collector.web": {
        "collector.web",
        "collector.correlate",
        "collector.store",
        "collector.surges.find",
        "collector.surges.history",
        "collector.friction",
        "collector.metrics",
        "collector.metrics.query",
        "collector.metrics.funnel_report",
        "collector.sourcemaps.lookup",
        "collector.settings",
        "collector.times",
        "collector.intake.client_info",
        "collector",
    },
    "collector.demo.shop": {"collector.demo.shop"},
    "synthetic": {
        "synthetic",
        "collector.events",
        "collector.logs",
        "collector.settings",
        "collector.commands",
        "collector.metrics.journeys",
        "collector",
    },
}
"""Exact names and whole packages, but `collector` alone stands for its version."""


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {name for name in found if name.split(".")[0] in ("collector", "synthetic")}


def allowed(name: str, room: str) -> bool:
    return any(name == known or (known != "collector" and name.startswith(f"{known}.")) for known in MAY_IMPORT[room])


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_knows_only_its_neighbours(root, room):
    base = root / room.replace(".", "/")
    files = sorted(base.rglob("*.py")) or [base.with_suffix(".py")]
    strange = {str(file.relative_to(root)): sorted(n for n in imports(file) if not allowed(n, room)) for file in files}
    assert {file: names for file, names in strange.items() if names} == {}


def test_only_the_store_speaks_sql(root):
    speaking = [
        str(file.relative_to(root))
        for file in sorted((root / "collector").rglob("*.py"))
        if file.parent.name != "store"
        and any(w in file.read_text(encoding="utf-8") for w in ("INSERT INTO", "GROUP BY"))
    ]
    assert speaking == []


@pytest.mark.parametrize("slow", ["chdb", "playwright", "matplotlib", "clickhouse_connect", "rich"])
def test_help_is_quick_since_slow_things_are_loaded_where_they_are_used(slow):
    import subprocess
    import sys

    code = f"import sys; from collector.cli import main; main(['--help']); sys.exit('{slow}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL).returncode == 0
