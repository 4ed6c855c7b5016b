"""Which room may know which: the contracts in pyproject.toml hold it. What they cannot say is held here."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from collector.store import grids
from collector.store.sql_port.owner import announced, owner_file

ROOT = Path(__file__).parents[1]


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


ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def layers():
    """The layers of pyproject.toml, the highest first, each as its rooms."""
    (contract,) = [
        one
        for one in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
            "contracts"
        ]
        if one["name"] == "rooms"
    ]
    return [set(layer.split(" | ")) for layer in contract["layers"]]


def test_the_directions_of_the_architecture_are_those_of_the_contracts():
    (drawn,) = re.findall(r"^```\n(commands →.*?)^```", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    assert [set(layer.split(" | ")) for layer in re.split(r"\s*→\s*", drawn.strip())] == layers()


def drawn_rooms():
    """Every folder of the tree of rooms, and what is written behind it: {"collector/store/": "the only room…"}."""
    (tree,) = re.findall(r"^## The rooms\n+```\n(.*?)^```", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    rooms, path, base, top = {}, "", [], []
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        folders = re.match(r"\s*((?:[\w./]+/ ?)+)\s*(.*)", line)
        if depth <= 2 and folders and folders[1].strip():
            above = base[: len(top) + depth - 1] if depth else []
            for folder in folders[1].split():
                path = "/".join([*above, folder.strip("/")])
                rooms[path] = folders[2]
            base = path.split("/")
            top = base if depth == 0 else top
        elif path:
            rooms[path] += " " + line.strip()
    return rooms


def test_every_folder_that_the_architecture_draws_exists_and_no_room_is_missing():
    drawn = set(drawn_rooms())
    assert [path for path in drawn if not (ROOT / path).is_dir()] == []
    rooms = {f"collector/{f.name}" for f in (ROOT / "collector").iterdir() if (f / "__init__.py").exists()}
    assert rooms - drawn == set()


def test_every_path_that_the_architecture_links_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", ARCHITECTURE)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_file_that_the_architecture_names_in_passing_exists():
    named = re.findall(r"`((?:\w+/)+[\w]+\.(?:py|ts))`", ARCHITECTURE)
    assert named
    homes = [ROOT, ROOT / "collector"]
    assert [name for name in named if not any((home / name).exists() for home in homes)] == []


def test_the_numbers_of_the_architecture_are_those_of_the_code(tmp_path):
    """A number that is new there needs a line here."""
    text = re.sub(r"^(?:```.*?^```|\d\. )", "", ARCHITECTURE, flags=re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"(?<![\w/.])\d+\b", text)) == {"204", "503", "0600"}
    routes, admission = (
        Path(ROOT, "collector/intake", f"{name}.py").read_text("utf-8") for name in ("routes", "admission")
    )
    assert "Answer(204" in routes
    assert "Refused(503" in admission
    dsn = f"chdb://{tmp_path}/store"
    with announced(dsn, "http://127.0.0.1:1", "token"):
        assert owner_file(dsn).stat().st_mode & 0o777 == 0o600
    assert "by five minutes" in text
    assert grids.STEP_S == 5 * 60
