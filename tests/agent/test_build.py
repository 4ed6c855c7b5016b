"""The built agent is fresh, small and says what it is."""

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AGENT = ROOT / "agent"
BUILT = ROOT / "collector" / "static" / "agent.js"
MORE = BUILT.with_name("agent-more.js")
LIMIT = 10 * 1024


@pytest.fixture(scope="module")
def tools():
    if not shutil.which("npm"):
        pytest.fail("no npm: install Node 20, or run ./dev test, which brings it")
    if not (AGENT / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=AGENT, check=True, capture_output=True)


def test_the_built_agent_is_fresh(tools, tmp_path):
    again = tmp_path / "agent.js"
    subprocess.run(["node", "build.mjs", str(again)], cwd=AGENT, check=True, capture_output=True)
    names = (BUILT.name, MORE.name, "agent-survey.js")
    fresh = [(tmp_path / name).read_bytes() for name in names]
    assert fresh == [BUILT.with_name(name).read_bytes() for name in names], "run `npm ci && npm run build` in agent/"


def test_the_types_hold(tools):
    checked = subprocess.run(["npm", "run", "check"], cwd=AGENT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_agent_is_small():
    name = len(BUILT.name) + 1  # `gzip -9` of a file keeps its name
    assert len(gzip.compress(BUILT.read_bytes(), 9)) + name <= LIMIT
    assert len(gzip.compress(MORE.read_bytes(), 9)) <= 6 * 1024


def test_the_agent_says_what_it_is():
    version = json.loads((AGENT / "package.json").read_text())["version"]
    assert BUILT.read_text().splitlines()[0] == f"// Snagwatch {version}, Apache-2.0"


@pytest.mark.parametrize("script", [BUILT, MORE])
def test_the_agent_keeps_to_a_strict_policy(script):
    code = script.read_text()
    for forbidden in ("eval(", "new Function", "new Worker", "createElement(", "document.write", "innerHTML"):
        assert forbidden not in code


def test_the_lock_names_no_host():
    assert "http" not in (AGENT / "package-lock.json").read_text()
