"""The alert rules, tested with promtool: well formed, firing when they should, silent when they should."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.servers import program

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "helm/snagwatch/files/rules").glob("*.yaml"))
TESTS = sorted(Path(__file__).parent.glob("*.test.yaml"))
ALERTS = {
    rule["alert"]: rule
    for file in RULES
    for group in yaml.safe_load(file.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


def promtool(*args: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run([program("promtool"), *map(str, args)], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_rules_are_well_formed(file):
    promtool("check", "rules", "--lint=all", "--lint-fatal", file)


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_alerts_fire_when_they_should(file, tmp_path):
    for one in (*RULES, *TESTS):
        shutil.copy(one, tmp_path)
    promtool("test", "rules", file.name, cwd=tmp_path)


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_says_what_to_do_and_is_tested(alert):
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in ("page", "ticket", "info")
    assert {"summary", "description", "runbook_url"} <= rule["annotations"].keys()
    assert (ROOT / rule["annotations"]["runbook_url"]).exists()
    tested = "".join(file.read_text() for file in (*TESTS, Path(__file__).parent / "test_stories.py"))
    family = re.sub("(Fast|Steady|Slow|Creeping)$", "", alert)
    assert alert in tested or f"{family}.*" in tested or re.search(rf"\b{family}\(|\"SnagVolume\.", tested)


def test_no_verdict_pages():
    support = next(file for file in RULES if file.stem == "support")
    severities = {
        rule["labels"]["severity"] for group in yaml.safe_load(support.read_text())["groups"] for rule in group["rules"]
    }
    assert "page" not in severities


def test_every_runbook_belongs_to_an_alert():
    named = {Path(rule["annotations"]["runbook_url"]).name for rule in ALERTS.values()}
    pages = {file.name: file.read_text() for file in (ROOT / "docs/runbooks").glob("Snag*.md")}
    assert set(pages) == named
    index = (ROOT / "docs/runbooks/index.md").read_text()
    for name, text in pages.items():
        alert, _, title = text.splitlines()[0].removeprefix("# ").partition(": ")
        assert f"- [{alert}]({name}): {title}\n" in index
