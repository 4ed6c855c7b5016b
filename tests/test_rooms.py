"""Which room may know which: the contracts in pyproject.toml hold it. What they cannot say is held here."""

import subprocess
import sys

import pytest


def test_every_module_keeps_to_its_layer(root):
    run = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    result = subprocess.run(run, cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_only_the_store_speaks_sql(root):
    speaking = [
        str(file.relative_to(root))
        for file in sorted((root / "collector").rglob("*.py"))
        if "store" not in file.relative_to(root).parts
        and any(w in file.read_text(encoding="utf-8") for w in ("INSERT INTO", "GROUP BY"))
    ]
    assert speaking == []


@pytest.mark.parametrize("slow", ["chdb", "playwright", "clickhouse_connect", "rich", "scipy"])
def test_help_is_quick_since_slow_things_are_loaded_where_they_are_used(slow):
    code = f"import sys; from collector.cli import main; main(['--help']); sys.exit('{slow}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL).returncode == 0
