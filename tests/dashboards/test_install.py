"""`snag dashboards install` against a server that answers as Grafana's API documents it."""

import asyncio
import json
import threading

import pytest
from aiohttp import web

from collector.cli import main
from collector.integrations.grafana import boards

TOKEN = "glsa_for_tests"
SOURCES = [{"type": "grafana-clickhouse-datasource", "uid": "a"}, {"type": "prometheus", "uid": "b"}]


class FakeGrafana:
    """Folders and boards in memory, with Grafana's own rules of versions, permissions and provisioning."""

    def __init__(self, prefix=""):
        self.prefix, self.boards, self.folders, self.sources = prefix, {}, {}, list(SOURCES)
        self.provisioned, self.forbidden, self.written = set(), (), []
        self.meanwhile = None

    def app(self):
        app = web.Application(middlewares=[self._allowed])
        app.router.add_get(f"{self.prefix}/api/datasources", self._sources)
        app.router.add_get(self.prefix + "/api/folders/{uid}", self._folder)
        app.router.add_post(f"{self.prefix}/api/folders", self._make_folder)
        app.router.add_get(self.prefix + "/api/dashboards/uid/{uid}", self._board)
        app.router.add_post(f"{self.prefix}/api/dashboards/db", self._save)
        return app

    @web.middleware
    async def _allowed(self, request, handler):
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"message": "Invalid API key"}, status=401)
        if (request.method, request.path) in self.forbidden:
            return web.json_response({"message": "You'll need additional permissions"}, status=403)
        return await handler(request)

    async def _sources(self, _):
        return web.json_response(self.sources)

    async def _folder(self, request):
        uid = request.match_info["uid"]
        if uid not in self.folders:
            return web.json_response({"message": "folder not found"}, status=404)
        return web.json_response({"uid": uid, "title": self.folders[uid]})

    async def _make_folder(self, request):
        given = await request.json()
        if given["uid"] in self.folders:
            return web.json_response({"message": "the folder has been changed by someone else"}, status=412)
        self.folders[given["uid"]] = given["title"]
        return web.json_response(given)

    async def _board(self, request):
        uid = request.match_info["uid"]
        if uid not in self.boards:
            return web.json_response({"message": "Dashboard not found"}, status=404)
        folder, board = self.boards[uid]
        meta = {
            "url": f"{self.prefix}/d/{uid}/x",
            "folderUid": folder,
            "provisioned": uid in self.provisioned,
        }
        if self.meanwhile == uid:
            self.boards[uid] = (folder, {**board, "version": board["version"] + 1})
        return web.json_response({"dashboard": board, "meta": meta})

    async def _save(self, request):
        given = await request.json()
        board, uid = given["dashboard"], given["dashboard"]["uid"]
        if given["folderUid"] not in self.folders:
            return web.json_response({"message": "folder not found"}, status=400)
        if uid in self.provisioned:
            return web.json_response({"message": "Cannot save provisioned dashboard"}, status=400)
        old = self.boards.get(uid, (None, {"version": 0}))[1]
        if not given["overwrite"] and board["version"] != old["version"]:
            said = "The dashboard has been changed by someone else"
            return web.json_response({"message": said, "status": "version-mismatch"}, status=412)
        self.boards[uid] = (given["folderUid"], {**board, "id": 7, "version": old["version"] + 1})
        self.written.append(uid)
        return web.json_response({"uid": uid, "url": f"{self.prefix}/d/{uid}/x", "status": "success", "version": 1})


@pytest.fixture(params=["", "/grafana"], ids=["at the root", "below a path"])
def grafana(request):
    """It runs in a thread: the command under test has a loop of its own."""
    fake, ready, loop = FakeGrafana(request.param), threading.Event(), asyncio.new_event_loop()

    async def serve():
        runner = web.AppRunner(fake.app())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}{fake.prefix}"
        ready.set()
        return runner

    def run():
        runner = loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    yield fake
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def install(grafana, *more, token=TOKEN):
    return main(["dashboards", "install", "--url", grafana.url + "/", "--token", token, *more])


def test_all_boards_are_created_in_their_folder_and_a_second_time_nothing_is_done(grafana, capsys):
    assert install(grafana, "--json") == 0
    done = json.loads(capsys.readouterr().out)["boards"]
    assert {one["uid"]: one["done"] for one in done} == {board["uid"]: "created" for board in boards()}
    assert done[0]["url"] == f"{grafana.url}/d/{done[0]['uid']}/x"
    assert grafana.folders == {"snagwatch": "Snagwatch"}
    assert len(grafana.written) == 7
    assert install(grafana, "--json") == 0
    assert {one["done"] for one in json.loads(capsys.readouterr().out)["boards"]} == {"unchanged"}
    assert len(grafana.written) == 7


def test_an_older_version_of_ours_is_brought_up_to_date(grafana, capsys):
    install(grafana)
    folder, board = grafana.boards["snag-support"]
    grafana.boards["snag-support"] = (folder, {**board, "panels": []})
    assert install(grafana, "--only", "snag-support") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("updated   Snagwatch / Support")
    assert grafana.boards["snag-support"][1]["panels"]


def test_a_board_of_somebody_else_is_replaced_only_when_asked(grafana, capsys):
    grafana.boards["snag-ops"] = ("x", {"uid": "snag-ops", "title": "Ours", "tags": [], "version": 3})
    assert install(grafana) == 2
    assert "snag-ops is a board of somebody else (Ours)" in capsys.readouterr().err
    assert install(grafana, "--overwrite") == 0


def test_a_change_in_between_is_told_and_not_overwritten(grafana, capsys):
    install(grafana)
    folder, board = grafana.boards["snag-slo"]
    grafana.boards["snag-slo"] = (folder, {**board, "panels": []})
    grafana.meanwhile = "snag-slo"
    assert install(grafana) == 2
    assert "snag-slo was changed while it was written (version-mismatch)" in capsys.readouterr().err
    assert install(grafana, "--overwrite") == 0


def test_a_provisioned_board_is_named_as_such(grafana, capsys):
    install(grafana)
    folder, board = grafana.boards["snag-slo"]
    grafana.boards["snag-slo"] = (folder, {**board, "panels": []})
    grafana.provisioned.add("snag-slo")
    assert install(grafana) == 2
    assert "snag-slo comes from a provisioning file" in capsys.readouterr().err


@pytest.mark.parametrize(("source", "said"), [(0, "Prometheus"), (1, "ClickHouse")])
def test_a_missing_data_source_is_said_and_the_boards_are_there(grafana, capsys, source, said):
    grafana.sources = [SOURCES[source]]
    assert install(grafana) == 1
    assert f"no data source for {said}" in capsys.readouterr().err
    assert len(grafana.boards) == 7


def test_an_editor_who_may_not_see_data_sources_can_install(grafana):
    grafana.forbidden = (("GET", f"{grafana.prefix}/api/datasources"),)
    assert install(grafana) == 0


def test_a_wrong_token_and_a_weak_one_are_told_apart_and_never_shown(grafana, capsys):
    assert install(grafana, token="glsa_wrong") == 2
    said = capsys.readouterr().err
    assert "401 (Invalid API key): the token is wrong or has expired" in said
    grafana.forbidden = (("POST", f"{grafana.prefix}/api/dashboards/db"),)
    assert install(grafana) == 2
    weak = capsys.readouterr().err
    assert "403 (You'll need additional permissions): the token may not do this" in weak
    assert "glsa_" not in said + weak


def test_the_token_comes_from_a_file_or_the_environment(grafana, tmp_path, monkeypatch, capsys):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    asked = ["dashboards", "install", "--url", grafana.url, "--only", "snag-slo"]
    assert main([*asked, "--token-file", str(file)]) == 0
    assert main(asked) == 2
    assert "no token; expected --token-file FILE, or GRAFANA_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)
    assert main(asked) == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("grafana:3000", "expected http://HOST:3000"),
        ("http://admin:secret@127.0.0.1:1", "--url has a user or password in it"),
        ("http://127.0.0.1:1", "is that Grafana's address?"),
    ],
)
def test_a_wrong_address_is_named(url, said, capsys):
    assert main(["dashboards", "install", "--url", url, "--token", TOKEN]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "secret" not in error


def test_an_unknown_board_is_named_with_those_there_are(capsys):
    assert main(["dashboards", "install", "--url", "http://x", "--token", TOKEN, "--only", "snag-nope"]) == 2
    assert "is not a board; expected one of snag-experience" in capsys.readouterr().err


def test_they_are_listed(capsys):
    assert main(["dashboards", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 7
