"""PromQL of the boards: names metrics that exist, is well formed by Prometheus' own parser, and answers on a real one."""

import json
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.conftest import wait_for
from tests.dashboards.conftest import BOARDS
from tests.servers import program
from tools.lint_boards import promql, targets

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "helm/snagwatch/files/rules").glob("*.yaml"))
EXPRESSIONS = [(uid, panel["title"], text) for uid, board in BOARDS.items() for panel, text in promql(board)]
SUFFIXES = ("_bucket", "_sum", "_count")


def filled(text):
    """With Grafana's variables as it fills them: several values are joined to an expression."""
    for name, value in (
        ("__rate_interval", "1m"),
        ("__range", "1h"),
        ("job", "(snag|snag2)"),
        ("instance", "(a:8801|b:8801)"),
        ("app", "(shop|blog)"),
        ("journey", "(checkout)"),
    ):
        text = re.sub(rf"\${name}\b", value, text)
    assert "$" not in text
    return text


def recorded():
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
    return {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}


def documented():
    found = set()
    for page in ("operating.md", "journeys.md"):
        found |= set(re.findall(r"`(snag_\w+)(?:\{[\w,]*\})?`", (ROOT / "docs" / page).read_text()))
    return found


def named(text):
    return set(re.findall(r"\b(snag[_:][\w:]+)", text))


@pytest.mark.parametrize("uid", [uid for uid in BOARDS if any(promql(BOARDS[uid]))])
def test_boards_name_only_metrics_that_exist(uid):
    known = documented() | recorded()
    assert len(known) > 40
    asked = json.dumps(BOARDS[uid]["panels"]) + json.dumps(BOARDS[uid]["templating"])
    names = {name for _, text in promql(BOARDS[uid]) for name in named(text)}
    names |= set(re.findall(r"label_values\((snag_\w+)", asked))
    bare = {name if name in known else re.sub(f"({'|'.join(SUFFIXES)})$", "", name) for name in names}
    assert bare - known == set()


def test_objectives_of_the_board_are_those_of_the_alerts():
    from dashboards.boards.slo import OBJECTIVES

    alerts = "".join(file.read_text() for file in RULES)
    for what, objective in OBJECTIVES.items():
        budgets = {float(n) for n in re.findall(rf"snag:{what}_bad:ratio_rate\w+ > [\d.]+ \* ([\d.]+)", alerts)}
        assert [*budgets] == [pytest.approx(1 - objective)]


def test_every_expression_is_well_formed(tmp_path):
    rules = [{"record": f"board:expression:{at}", "expr": filled(text)} for at, (_, _, text) in enumerate(EXPRESSIONS)]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "boards", "rules": rules}]}))
    done = subprocess.run([program("promtool"), "check", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def series(now):
    """Two hours of every metric that a board names, as OpenMetrics."""
    names = sorted({name for _, _, text in EXPRESSIONS for name in named(text)})
    labels = {
        "job": "snag",
        "instance": "a:8801",
        "app": "shop",
        "journey": "checkout",
        "location": "berlin",
        "version": "1",
        "result": "accepted",
        "kind": "rage_click",
        "channel": "phone",
        "source": "desk",
        "verdict": "friction",
        "chore": "rollups",
        "reason": "x",
    }
    for name in names:
        kinds = [{}]
        if name == "snag_experience_sessions_total":
            kinds = [{"quality": "good"}, {"quality": "friction"}]
        if name == "snag_journey_runs_total":
            kinds = [{"status": "passed"}, {"status": "failed"}, {"status": "error"}]
        if name.endswith("_bucket"):
            kinds = [{"le": "0.1"}, {"le": "1.0"}, {"le": "+Inf"}]
        yield f"# TYPE {name} unknown"
        for place, more in enumerate(kinds):
            shown = ",".join(f'{key}="{value}"' for key, value in {**labels, **more}.items())
            for at in range(121):
                value = at * (place + 1) if re.search("_total$|_bucket$", name) else 0.5
                yield f"{name}{{{shown}}} {value} {now - 7200 + at * 60}"
    yield "# EOF"


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """A real one on loopback, with two hours of everything in it; its address and the time of its newest sample."""
    binary, promtool = program("prometheus"), program("promtool")
    folder, now = tmp_path_factory.mktemp("prometheus"), int(time.time()) - 300
    (folder / "metrics").write_text("\n".join(series(now)) + "\n")
    (folder / "config.yml").write_text("global: {}\n")
    made = [
        promtool,
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        str(folder / "metrics"),
        str(folder / "data"),
    ]
    subprocess.run(made, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    runs = subprocess.Popen(
        [
            binary,
            f"--config.file={folder}/config.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def ready():
        try:
            return urllib.request.urlopen(f"{url}/-/ready", timeout=2).status == 200
        except OSError:
            return False

    wait_for(ready, 60)
    yield url, now
    runs.terminate()
    runs.wait(30)


def ask(url, now, text):
    asked = urllib.parse.urlencode({"query": filled(text), "time": now})
    with urllib.request.urlopen(f"{url}/api/v1/query?{asked}", timeout=30) as answer:
        return json.load(answer)["data"]["result"]


def test_every_expression_answers_on_a_real_prometheus(prometheus):
    nothing = [(uid, title) for uid, title, text in EXPRESSIONS if not ask(*prometheus, text)]
    assert nothing == []


def test_objectives_are_counted_as_they_say(prometheus):
    """Of three sessions two met friction; of three runs that count two failed, an error counts nowhere."""
    for title, share in (("Good sessions", 1 / 3), ("Passed runs", 1 / 3)):
        (text,) = [t["expr"] for p, t in targets(BOARDS["snag-slo"]) if p["title"] == title]
        (found,) = ask(*prometheus, text)
        assert float(found["value"][1]) == pytest.approx(share, abs=0.01)
    left = [t["expr"] for p, t in targets(BOARDS["snag-slo"]) if p["title"] == "Budget left"]
    assert float(ask(*prometheus, left[0])[0]["value"][1]) == pytest.approx(1 - (2 / 3) / 0.01, rel=0.02)
