"""What the docs say is there, and what is there is in the docs."""

import re
from dataclasses import fields

import pytest
from prometheus_client import CollectorRegistry

from collector.cli import COMMANDS
from collector.settings import Settings
from collector.telemetry import Metrics


@pytest.fixture
def operating(root):
    return (root / "docs/operating.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda f: f.name)
def test_every_setting_is_in_the_docs_with_its_meaning(operating, setting):
    assert f"| `SNAG_{setting.name.upper()}` |" in operating
    assert setting.metadata["help"] in operating


def test_every_metric_is_in_the_docs_and_no_other(operating):
    metrics = Metrics(CollectorRegistry())
    metrics.watch_spool(size=lambda: 0, limit=0, oldest_s=lambda: 0)
    metrics.watch_connections(lambda: 0)
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
