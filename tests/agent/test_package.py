"""The npm package, packed as it is published and put into a React and a Vue app, beside a real collector."""

import json
import os
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.agent.shopfront import chromium
from tests.conftest import wait_for
from tests.server.test_serve import running

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]

AGENT = Path(__file__).parents[2] / "agent"
APPS = Path(__file__).parent / "apps"
QUESTION = "How likely are you to recommend"
"""Words of the survey, by which one sees whether it is in a bundle."""


def run(*command: str, at: Path, **env: str) -> str:
    done = subprocess.run(
        command, cwd=at, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **env}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """Both apps, with the package from its tarball among their modules."""
    if not shutil.which("npm"):
        pytest.fail("no npm: install Node 20, or run ./dev test, which brings it")
    folder = tmp_path_factory.mktemp("npm")
    if not (AGENT / "node_modules").exists():
        run("npm", "ci", at=AGENT)
    run("npm", "pack", "--pack-destination", str(folder), at=AGENT)
    (tarball,) = folder.glob("*.tgz")
    shutil.copytree(APPS, folder / "apps")
    run("npm", "ci", "--no-audit", "--no-fund", at=folder / "apps")
    run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--no-save", str(tarball), at=folder / "apps")
    return folder / "apps"


class Quiet(SimpleHTTPRequestHandler):
    """A site's files; every other path is the app."""

    def send_head(self):
        if not Path(self.translate_path(self.path)).is_file():
            self.path = "/index.html"
        return super().send_head()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def served():
    servers = []

    def serve(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def rows(collector, app: str) -> list[dict]:
    columns = "kind, release, step, journey, page_group, error_source, error_type, error_place"
    query = f"SELECT {columns} FROM snag_experience.friction_events FINAL WHERE app = '{app}' ORDER BY client_ts"
    return [json.loads(line) for line in collector.snag("store", "query", "--json", query).splitlines()]


def visit(address: str, *clicks: str, rest_ms: int = 2800) -> list[str]:
    """Click through an app; what the page said in the console."""
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        page = browser.new_page()
        page.on("console", lambda one: said.append(one.text))
        page.goto(address)
        for selector in clicks:
            page.click(selector)
            page.wait_for_timeout(300)
        page.wait_for_timeout(rest_ms)
        page.goto("about:blank")
        browser.close()
    return said


def test_a_react_app_with_the_plugin_reports_friction_and_names_the_source(apps, served, tmp_path):
    with running(tmp_path, SNAG_SOURCEMAPS_TOKEN="secret") as collector:
        run("npx", "vite", "build", at=apps, APP="react", VITE_COLLECTOR=collector.url, PRIVATE=collector.private)
        dist = apps / "react" / "dist"
        assert not list(dist.rglob("*.map")), "the maps that the plugin asked for are not for visitors"
        page = (dist / "index.html").read_text()
        assert page.index("__snagEarly") < page.index("/agent.js") < page.index('type="module"')
        (kept,) = json.loads(collector.snag("sourcemaps", "list", "--app", "react-shop", "--json"))["source_maps"]
        assert (kept["release"], kept["file"].split("-")[0]) == ("2.4.1", "assets/index")

        visit(served(dist), "#go", "#caught", "#dead", "#break")
        wait_for(lambda: {"dead_click", "page_error"} <= {row["kind"] for row in rows(collector, "react-shop")})
        found = rows(collector, "react-shop")
        assert {row["release"] for row in found} == {"2.4.1"}
        (dead,) = [row for row in found if row["kind"] == "dead_click"]
        assert (dead["page_group"], dead["step"]) == ("/orders", "orders")
        errors = json.loads(collector.snag("friction", "show", "--app", "react-shop", "--json"))["errors"]
        assert {row["source"].split(" ")[0].rpartition(":")[0] for row in errors} == {"main.jsx"}
        assert {row["error_type"] for row in found if row["kind"] == "page_error"} == {"TypeError"}


def test_a_vue_app_starts_the_agent_itself_and_leaves_the_survey_out(apps, served, tmp_path):
    with running(tmp_path) as collector:
        run("npx", "vite", "build", at=apps, APP="vue", VITE_COLLECTOR=collector.url)
        dist = apps / "vue" / "dist"
        assert "agent.js" not in (dist / "index.html").read_text()
        bundles = "".join(file.read_text() for file in dist.rglob("*.js"))
        assert "dead_click" in bundles
        assert QUESTION not in bundles

        visit(served(dist), "#works", "#dead", "#throws")
        wait_for(lambda: {"dead_click", "page_error"} <= {row["kind"] for row in rows(collector, "vue-shop")})
        found = rows(collector, "vue-shop")
        kinds = [row["kind"] for row in found]
        assert kinds.count("dead_click") == 1
        assert {(row["step"], row["journey"]) for row in found} == {("basket", "checkout")}
        assert [row["error_type"] for row in found if row["kind"] == "page_error"] == ["RangeError"]


def test_on_a_server_nothing_happens(apps):
    script = (
        "import { captureError, init, page, step, survey } from '@snagwatch/agent';"
        "init({ url: 'https://collector.example', app: 'shop', survey: survey({ metric: 'nps' }) });"
        "captureError(new Error('x')); step('pay'); page('Pay'); console.log(Object.keys(globalThis).includes('snag'));"
    )
    assert run("node", "--input-type=module", "-e", script, at=apps) == "false\n"


def test_the_package_s_types_hold(apps):
    run(
        *("npx", "tsc", "--noEmit", "--strict", "--jsx", "react-jsx", "--module", "esnext"),
        *("--moduleResolution", "bundler", "--target", "es2022", "--types", "", "check.tsx"),
        at=apps,
    )
