"""What the docs say is there, and what is there is in the docs."""

import argparse
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields

import pytest
from prometheus_client import CollectorRegistry

from collector import cli
from collector.cli import COMMANDS
from collector.settings import Settings
from collector.telemetry import Metrics
from tests.conftest import event, wait_for
from tests.server.test_serve import post, running


@pytest.fixture
def operating(root):
    return (root / "docs/operating.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda f: f.name)
def test_every_setting_is_in_the_docs_with_its_meaning(operating, setting):
    assert f"| `SNAG_{setting.name.upper()}` |" in operating
    assert setting.metadata["help"] in operating


def test_every_metric_is_in_the_docs_and_no_other(operating, root):
    metrics = Metrics(CollectorRegistry())
    metrics.watch_spool(size=lambda: 0, limit=0, oldest_s=lambda: 0)
    metrics.watch_connections(lambda: 0)
    metrics.watch_volume(root)
    names = {family.name + ("_total" if family.type == "counter" else "") for family in metrics.registry.collect()}
    assert set(re.findall(r"^\| `(snag_[a-z_]+)", operating, re.MULTILINE)) == names


def test_every_reason_for_a_refusal_is_in_the_docs(root, operating):
    source = "".join(file.read_text(encoding="utf-8") for file in (root / "collector/intake").rglob("*.py"))
    said = r'(?:BadBeacon|CannotDecompress|Refused|turned_away|_turn_away|_reject|_later)\(\s*(?:\d+,\s*)?"(\w+)"'
    acknowledged = {"duplicate", "sampled"}
    reasons = set(re.findall(said, source)) - acknowledged
    (listed,) = re.findall(r"beacons_refused_total.*?\| counter \| (.*?) \|", operating)
    assert set(listed.split(", ")) == reasons


def test_the_readme_names_only_commands_that_exist(root):
    used = set(re.findall(r"^snag (\w+)", (root / "README.md").read_text(), re.MULTILINE))
    assert used <= set(COMMANDS)


def test_every_link_in_the_docs_leads_somewhere(root):
    for page in [*root.glob("*.md"), *(root / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert link.startswith("http") or (page.parent / link).exists(), f"{page.name} links to {link}"


def test_no_file_names_a_package_registry(root):
    """Lock files and scripts take whatever registry the machine is set up for."""
    import subprocess

    hosts = re.compile(r"py" + r"pi\.org|python" + r"hosted|npm" + r"js\.|deb\." + r"debian|registry\.yarn")
    files = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split("\n")
    found = [
        name
        for name in files
        if name
        and (root / name).is_file()
        and (root / name).suffix not in (".png",)
        and hosts.search((root / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def test_every_test_that_the_threat_model_names_is_there(root):
    named = set(re.findall(r"`(test_\w+)`", (root / "docs/threat-model.md").read_text(encoding="utf-8")))
    there = "".join(file.read_text(encoding="utf-8") for file in (root / "tests").rglob("test_*.py"))
    assert {one for one in named if f"def {one}(" not in there} == set()


BLOCK = re.compile(r"(?P<mark><!-- (?:not run|run)[^>]*-->\n)?```(?:sh|console)\n(?P<lines>.*?)```", re.DOTALL)
PAGES_WITH_COMMANDS = ["README.md", *(f"docs/{name}" for name in ("start/*.md", "*.md"))]


def commands(root, patterns=tuple(PAGES_WITH_COMMANDS), run=False):
    """Each `snag …` line with its page; a line that ends in a backslash continues. `run`: those not marked "not run"."""
    for pattern in patterns:
        for page in sorted(root.glob(pattern)):
            for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
                if run and "not run" in (block["mark"] or ""):
                    continue
                for line in block["lines"].replace("\\\n", " ").splitlines():
                    words = (
                        line.removeprefix("$ ")
                        .removeprefix("./dev run ")
                        .split("#")[0]
                        .split(" > ")[0]
                        .split(" | ")[0]
                        .strip()
                    )
                    words = re.sub(r"^(SNAG_\w+=\S+ )+", "", words)
                    if words.startswith("snag "):
                        yield page.relative_to(root), words


def parse(words):
    """Parse a command as `snag` does, without running it."""
    name, *rest = words
    module, common = importlib.import_module(COMMANDS[name].module), cli._settings(COMMANDS[name].settings)
    parser = argparse.ArgumentParser(f"snag {name}", parents=[common])
    module.arguments(parser, common)
    parser.parse_args(rest)


def test_every_command_in_the_docs_is_one_that_the_program_takes(root, capsys):
    """What is written is parsed by the real parser, with its flags and values; nothing is run."""
    refused = []
    for page, line in commands(root):
        words = [word for word in shlex.split(line)[1:] if word not in ("…", "...")]
        try:
            parse(words)
        except SystemExit as error:
            if error.code:
                refused.append(f"{page}: {line}: {capsys.readouterr().err.strip().splitlines()[-1]}")
    assert refused == []


@pytest.mark.long
def test_the_first_steps_work_in_order_beside_a_running_collector(root, tmp_path, monkeypatch):
    """Every command of the pages for each role, on the example's contacts; 1 is an answer ("not enough history"), too."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(root / "examples/contacts.csv", "contacts.csv")
    with running(tmp_path, SNAG_APP="shop") as collector:
        post(collector.url, event("page_view"), event())
        wait_for(lambda: collector.count("snag_experience.friction_events"), 60)
        for page, line in commands(root, ("docs/start/*.md", "docs/is-it-working.md"), run=True):
            words = shlex.split(line.replace("http://127.0.0.1:8800", collector.url))[1:]
            if words[0] in ("serve", "demo"):
                continue
            done = subprocess.run(
                [sys.executable, "-m", "collector", *words], env=collector.env, capture_output=True, text=True
            )
            assert "Traceback" not in done.stderr, f"{page}: {line}: {done.stderr}"
            assert done.returncode in (0, 1) or "cannot say" in done.stderr, f"{page}: {line}: {done.stderr}"


def test_the_site_of_the_docs_builds_strictly(root, tmp_path):
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(
        build, cwd=root, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "search/search_index.json").exists()
