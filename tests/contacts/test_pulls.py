"""Pulls against a server that behaves as the vendor's: pages, limits, outages, kills."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from collector.contacts.pulls import PullFailed, Waits, pull
from collector.contacts.setup import helpdesk
from collector.settings import Settings

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = (AT + timedelta(days=1)).timestamp()


def zulu(minutes):
    return (AT + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Vendor:
    """Tickets that change, and moods."""

    def __init__(self):
        self.tickets = {}
        self.moods = []
        self.asked = []
        self.restless = []
        """Tickets that change one by one, each after a page was answered."""

    def stir(self):
        if self.restless:
            self.change(self.restless.pop(0), 900 + len(self.asked))

    def change(self, number, minute, **more):
        self.tickets[number] = {
            "id": number,
            "created_at": zulu(0),
            "updated_at": zulu(minute),
            "status": "open",
            "via": {"channel": "email"},
            "requester_id": 7,
            "submitter_id": 7,
        } | more

    def newer(self, since):
        found = [one for one in self.tickets.values() if datetime.fromisoformat(one["updated_at"]) >= since]
        return sorted(found, key=lambda one: (one["updated_at"], one["id"]))

    async def zendesk(self, request):
        self.asked.append(dict(request.query))
        assert request.headers["Authorization"].startswith("Basic ")
        if self.moods:
            return self.moods.pop(0)
        cursor = request.query.get("cursor")
        start = datetime.fromtimestamp(int(request.query.get("start_time", 0)), UTC)
        last = tuple(json.loads(cursor)) if cursor else ("", 0)
        found = [one for one in self.newer(start) if (one["updated_at"], one["id"]) > last]
        page = found[:2]
        after = json.dumps([page[-1]["updated_at"], page[-1]["id"]] if page else last)
        return web.json_response({"tickets": page, "after_cursor": after, "end_of_stream": len(found) <= 2})

    async def freshdesk(self, request):
        self.asked.append(dict(request.query))
        if self.moods:
            return self.moods.pop(0)
        found = self.newer(datetime.fromisoformat(request.query["updated_since"]))
        page, size = int(request.query["page"]), int(request.query["per_page"])
        self.stir()
        return web.json_response([one | {"source": 1, "status": 2} for one in found[(page - 1) * size : page * size]])

    async def intercom(self, request):
        asked = await request.json()
        self.asked.append(asked)
        since = datetime.fromtimestamp(asked["query"]["value"] + 1, UTC)
        found = self.newer(since)
        self.stir()
        at = int(asked["pagination"].get("starting_after", 0))
        page = found[at : at + 2]
        following = {"page": 2, "starting_after": str(at + 2)} if at + 2 < len(found) else None
        conversations = [
            {
                "id": str(one["id"]),
                "created_at": int(AT.timestamp()),
                "state": "open",
                "source": {"type": "email"},
                "updated_at": int(datetime.fromisoformat(one["updated_at"]).timestamp()),
            }
            for one in page
        ]
        return web.json_response(
            {"type": "conversation.list", "conversations": conversations, "pages": {"next": following}}
        )

    async def genesys(self, request):
        asked = await request.json()
        self.asked.append(asked)
        start, end = (datetime.fromisoformat(text) for text in asked["interval"].split("/"))
        data = []
        while start < min(end, AT + timedelta(hours=2)):
            following = start + timedelta(minutes=30)
            interval = f"{start.strftime('%Y-%m-%dT%H:%M:%S.000Z')}/{following.strftime('%Y-%m-%dT%H:%M:%S.000Z')}"
            if start >= AT:
                data.append(
                    {
                        "interval": interval,
                        "metrics": [
                            {"metric": "nOffered", "stats": {"count": 10}},
                            {"metric": "tAnswered", "stats": {"max": 9, "min": 1, "count": 8, "sum": 24000.0}},
                            {"metric": "tAbandon", "stats": {"count": 2, "sum": 9000.0}},
                            {
                                "metric": "oServiceLevel",
                                "stats": {"ratio": 0.5, "numerator": 5, "denominator": 10, "target": 0.8},
                            },
                        ],
                    }
                )
            start = following
        return web.json_response({"results": [{"group": {"mediaType": "voice", "queueId": "q1"}, "data": data}]})


@pytest.fixture
async def vendor():
    return Vendor()


class Place:
    def __init__(self, tmp_path, dsn, store, url, kind):
        file = tmp_path / "sources.toml"
        file.write_text(f'[crm]\nkind = "{kind}"\n[crm.pull]\nurl = "{url}"\nuser = "me"\ntoken = "env:CRM_TOKEN"\n')
        self.settings = Settings(data_dir=str(tmp_path), dsn=dsn, sources_file=str(file))
        self.desk = helpdesk(self.settings, lambda: NOW)
        self.desk.people.use(store.suppressed)
        self.store = store
        self.slept = []

    async def pull(self, clock=lambda: NOW, **more):
        async def sleep(seconds):
            self.slept.append(seconds)

        return await pull(
            self.desk.sources["crm"],
            self.store,
            self.desk.people,
            self.settings.spool_path / "quarantine",
            clock=clock,
            waits=Waits(sleep, lambda: 1.0),
            **more,
        )


@pytest.fixture
async def place(tmp_path, dsn, store, vendor, monkeypatch, request):
    monkeypatch.setenv("CRM_TOKEN", "a-secret-of-the-crm")
    kind = getattr(request, "param", "zendesk")
    app = web.Application()
    app.router.add_get("/api/v2/incremental/tickets/cursor.json", vendor.zendesk)
    app.router.add_get("/api/v2/tickets", vendor.freshdesk)
    app.router.add_post("/conversations/search", vendor.intercom)
    app.router.add_post("/api/v2/analytics/conversations/aggregates/query", vendor.genesys)
    server = TestServer(app)
    await server.start_server()
    yield Place(tmp_path, dsn, store, str(server.make_url("/")), kind)
    await server.close()


def versions(place):
    return place.store.contact_versions("crm").keys()


async def test_all_pages_come_in_and_the_watermark_is_where_the_list_was_asked_for(place, vendor):
    for number in range(5):
        vendor.change(number, number)
    found = await place.pull()
    assert (found.pages, found.records, len(versions(place))) == (3, 5, 5)
    assert place.store.watermarks()["crm"] == datetime.fromtimestamp(NOW - 60, UTC)
    vendor.change(3, 100, status="solved")
    vendor.change(9, 101)
    found = await place.pull()
    assert found.records <= 4
    assert place.store.contacts("crm", ["3"])[0].status == "solved"
    assert "9" in versions(place)


@pytest.mark.parametrize("place", ["freshdesk", "intercom"], indirect=True)
async def test_lists_by_time_go_on_where_they_ended_and_overlap(place, vendor):
    for number in range(1, 6):
        vendor.change(number, number)
    assert (await place.pull()).complete_through == datetime.fromtimestamp(NOW - 120, UTC)
    assert len(versions(place)) == 5
    vendor.change(8, 4)  # committed late: its time is before the newest one
    vendor.change(9, 6)
    await place.pull()
    assert versions(place) == {"1", "2", "3", "4", "5", "8", "9"}
    assert len(place.store.client.query("SELECT 1 FROM snag_experience.support_contacts FINAL").result_rows) == 7


@pytest.mark.parametrize("place", ["freshdesk", "intercom"], indirect=True)
async def test_a_list_that_moves_while_it_is_read_loses_nothing(place, vendor):
    n = 350 if "fresh" in place.desk.sources["crm"].adapter.name else 40
    for number in range(n):
        vendor.change(number, number)
    vendor.restless = [1, 5, 17, 30, 2, 9]
    await place.pull()
    await place.pull()
    assert len(versions(place)) == n


@pytest.mark.parametrize("place", ["freshdesk"], indirect=True)
async def test_one_moment_that_fills_pages_is_read_by_page(place, vendor):
    for number in range(250):
        vendor.change(number, 3)
    await place.pull()
    assert len(versions(place)) == 250
    assert max(int(asked["page"]) for asked in vendor.asked) == 3


async def test_a_limit_is_waited_out_as_long_as_the_vendor_says(place, vendor):
    vendor.change(1, 1)
    vendor.moods = [
        web.Response(status=429, headers={"Retry-After": "31"}),
        web.Response(status=503),
        web.Response(status=502),
    ]
    await place.pull()
    assert place.slept == [31.0, 4.0, 8.0]
    assert versions(place) == {"1"}


async def test_an_outage_ends_a_pull_and_the_next_one_goes_on_where_it_was(place, vendor):
    for number in range(6):
        vendor.change(number, number)
    calls = []

    def stopping():
        calls.append(1)
        return len(calls) > 1

    assert (await place.pull(stopping=stopping)).complete_through is None
    assert len(versions(place)) == 2
    assert "crm" not in place.store.watermarks()
    vendor.moods = [web.Response(status=500) for _ in range(6)]
    with pytest.raises(PullFailed, match="crm: it answered 500, 6 times; the next pull goes on where this one was"):
        await place.pull()
    asked = len(vendor.asked)
    await place.pull()
    assert len(versions(place)) == 6
    assert all("cursor" in one for one in vendor.asked[asked:])


class Killed(BaseException):
    pass


async def test_a_pull_that_is_killed_between_rows_and_cursor_loses_and_doubles_nothing(place, vendor, monkeypatch):
    for number in range(6):
        vendor.change(number, number)
    keep = place.store.set_cursor
    at = iter(range(100))

    def dies(source, cursor):
        if next(at) == 1:
            raise Killed
        keep(source, cursor)

    monkeypatch.setattr(place.store, "set_cursor", dies)
    with pytest.raises(Killed):
        await place.pull()
    assert len(versions(place)) == 4
    monkeypatch.setattr(place.store, "set_cursor", keep)
    await place.pull()
    rows = place.store.client.query("SELECT count() FROM snag_experience.support_contacts FINAL").result_rows
    assert (len(versions(place)), rows) == (6, [(6,)])


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        (lambda: web.Response(status=401), "it answered 401: are user and token of [crm.pull] right"),
        (lambda: web.Response(status=404), "it answered 404 to GET /api/v2/incremental"),
        (lambda: web.Response(status=429, headers={"Retry-After": "7200"}), "wants 7200 s of rest; the next pull goes on"),
        (lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}), "it answered 302"),
        (lambda: web.Response(body=b'{"tickets": ['), "the answer is no JSON"),
        (lambda: web.json_response({"tickets": {}}), "the answer cannot be understood: tickets is not a list"),
        (lambda: web.json_response([]), "the answer cannot be understood: the answer is not an object"),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_is_named_without_the_secret(place, vendor, mood, message):
    vendor.moods = [mood()]
    with pytest.raises(PullFailed) as error:
        await place.pull()
    assert message in str(error.value)
    assert "a-secret-of-the-crm" not in str(error.value)
    assert place.store.cursor("crm") == ""


async def test_a_record_that_cannot_be_read_is_set_aside_and_the_others_come_in(place, vendor):
    vendor.change(1, 1)
    vendor.change(2, 2, group_id={"id": 1, "mail": "jane@example.org"})
    found = await place.pull()
    assert (found.records, found.set_aside, versions(place)) == (2, 1, {"1"})
    (file,) = (place.settings.spool_path / "quarantine").glob("*")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "jane" not in file.read_text()


@pytest.mark.parametrize("place", ["genesys"], indirect=True)
async def test_genesys_counts_come_in_as_intervals_day_by_day(place, vendor):
    found = await place.pull()
    rows = place.store.client.query(
        "SELECT interval_s, channel, queue, offered, answered, abandoned, answered_in_threshold, sum_wait_answered_s"
        " FROM snag_experience.support_contact_intervals FINAL"
    ).result_rows
    assert rows == [(1800, "phone", "q1", 10, 8, 2, 5, 24)] * 4
    assert found.complete_through is not None
    assert place.store.watermarks()["crm"] == found.complete_through
    asked = len(vendor.asked)
    assert asked >= 30
    await place.pull()
    assert len(vendor.asked) - asked <= 3
