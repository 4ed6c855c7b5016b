"""The built agent is fresh, small and says what it is."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AGENT = ROOT / "agent"
BUILT = ROOT / "collector" / "static" / "agent.js"
STUB = BUILT.with_name("agent-stub.js")
LIMIT = 21 * 1024
"""Over the 15,000 bytes that were aimed at, by what docs/agent.md says."""


@pytest.fixture(scope="module")
def tools():
    if not shutil.which("npm"):
        pytest.fail("no npm: install Node 20, or run ./dev test, which brings it")
    if not (AGENT / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=AGENT, check=True, capture_output=True)


def test_the_built_agent_is_fresh(tools, tmp_path):
    again = tmp_path / "agent.js"
    subprocess.run(["node", "build.mjs", str(again)], cwd=AGENT, check=True, capture_output=True)
    names = (BUILT.name, STUB.name, "agent-survey.js", "agent-vitals.js", "agent-debug.js")
    fresh = [(tmp_path / name).read_bytes() for name in names]
    assert fresh == [BUILT.with_name(name).read_bytes() for name in names], "run `npm ci && npm run build` in agent/"


def test_the_types_hold(tools):
    checked = subprocess.run(["npm", "run", "check"], cwd=AGENT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_agent_is_small():
    name = len(BUILT.name) + 1  # `gzip -9` of a file keeps its name
    assert len(gzip.compress(BUILT.read_bytes(), 9)) + name <= LIMIT
    assert len(f"<script>{STUB.read_text()}</script>") <= 400


def test_a_circle_of_imports_stops_the_build(tools, tmp_path):
    copy = tmp_path / "agent"
    shutil.copytree(AGENT, copy, ignore=shutil.ignore_patterns("node_modules"))
    (copy / "node_modules").symlink_to((AGENT / "node_modules").resolve())
    bus = copy / "src" / "activation" / "bus.ts"
    bus.write_text(bus.read_text() + '\nimport { latestOpen } from "./open";\nexport const last = latestOpen;\n')
    checked = subprocess.run(["node", "build.mjs", "--check"], cwd=copy, capture_output=True, text=True, check=False)
    assert checked.returncode != 0
    assert re.search(r"import circle: .*src/activation/bus\.ts", checked.stderr)


def test_only_private_members_have_short_names():
    code = BUILT.read_text()
    for word in ("event_id", "client_ts", "page_group", "__snag", "__snagEarly", "sessionRef"):
        assert word in code
    assert not re.findall(r"\._[a-z]\w", code)


def test_the_agent_says_what_it_is():
    version = json.loads((AGENT / "package.json").read_text())["version"]
    assert BUILT.read_text().splitlines()[0] == f"// Snagwatch {version}, Apache-2.0. Written by agent/build.mjs"


@pytest.mark.parametrize("script", [BUILT, STUB])
def test_the_agent_keeps_to_a_strict_policy(script):
    code = script.read_text()
    for forbidden in ("eval(", "new Function", "new Worker", "createElement(", "document.write", "innerHTML"):
        assert forbidden not in code


def test_the_lock_names_no_host():
    assert "http" not in (AGENT / "package-lock.json").read_text()
