"""What the pages show is what the store says, and nothing that others wrote becomes markup."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from collector.friction import points as friction_points
from collector.friction import points_from_sums
from collector.metrics.funnel_report import funnel
from collector.metrics.journeys import read
from collector.metrics.period import Period
from collector.store.surges import reviews
from collector.web import friction, journeys, releases, surge, surveys
from collector.web.scope import BadScope, read_scope
from tests.conftest import NOW
from tests.web.planted import END, EVIL, SURGE_ID

PATHS = ("surges", "friction", "journeys", "releases", "surveys", "operations", f"surges/{SURGE_ID}")


@pytest.fixture
def scope(store, settings):
    return read_scope(store, settings, {"since": "3d"}, END)


async def text_of(url):
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text(), answer.headers


def test_the_sums_of_hours_say_what_the_visits_say(store, settings):
    period = Period("shop", END - timedelta(days=3), END + timedelta(hours=1))
    assert points_from_sums.sums(store, period) == friction_points.sums(store, period)
    assert points_from_sums.sums(store, period, True) == friction_points.sums(store, period, "release")
    names = (
        "fingerprint",
        "page_group",
        "kind",
        "target",
        "sessions",
        "moments",
        "events",
        "left",
        "cause_class",
        "cause_rule",
    )
    exact = [[one[name] for name in names] for one in friction_points.points(store, period)]
    assert [[one[name] for name in names] for one in points_from_sums.points(store, period)] == exact
    for one, other in zip(points_from_sums.points(store, period), friction_points.points(store, period), strict=True):
        assert one["points"] == pytest.approx(other["points"])
    score = friction_points.scores(store, period)[""].score.value
    assert sum(points for _, _, points in points_from_sums.classes(store, period)) == pytest.approx(score)


def test_a_funnel_of_days_is_the_funnel_of_their_visits(store, settings):
    (journey,) = read(Path(settings.journeys_file))
    start = (END - timedelta(days=2)).replace(hour=0, minute=0)
    period = Period("shop", start, start + timedelta(days=3))
    found = funnel(store, period._replace(start=period.start + timedelta(hours=1)), journey, from_sums=True)
    exact = funnel(store, period, journey)
    assert found["steps"] == exact["steps"]
    assert found["lost_completions"] == exact["lost_completions"]
    assert [step["sessions"] for step in found["steps"]] == [80, 60, 60]


def test_the_page_of_friction_shows_the_stores_numbers(store, settings, scope):
    found = friction.load(scope)
    (score, rate) = found["numbers"]
    exact = friction_points.scores(store, scope.period)[""]
    assert score.text == f"{exact.score.value:.1f}"
    low, high = exact.score.interval_95
    assert score.spread.startswith(f"{low:.1f} to {high:.1f} (95 % interval)")
    assert score.n.startswith(f"n = {exact.score.visits:,} visits")
    assert rate.text == f"{100 * exact.rate.value:.1f} %"
    assert found["points"][0]["sessions"] == "30"
    assert found["points"][0]["evidence"]
    assert all(one["lost"] == "not enough data" or " · checkout" in one["lost"] for one in found["points"])
    assert found["release"]["verdict"] == "better"
    assert len(found["examples"]["visits"]) == 3
    assert [step["what"] for step in found["examples"]["visits"][0]["steps"]] == ["page viewed", "rage clicks"]


def test_every_estimate_has_its_interval_its_n_and_what_is_behind_it(scope):
    for page in (
        friction.load(scope),
        {"numbers": surge.load(scope)["now"]},
        releases.load(scope)["pair"],
    ):
        for one in page["numbers"]:
            assert re.search(r"\d to -?[\d.]+|not enough|earlier days", f"{one.spread} {one.text}"), one
            assert one.n.startswith("n = ") or "earlier days" in one.n, one
            assert one.href, one
    for one in surveys.load(scope)["stated"]:
        assert "interval" in one.spread or "not enough" in one.text, one


def test_releases_are_compared_with_intervals_and_what_is_new_is_named(scope):
    pair = releases.load(scope)["pair"]
    assert (pair["before"], pair["after"], pair["verdict"]) == ("1", "2", "better")
    (rage,) = pair["kinds"]
    assert (rage["before"], rage["verdict"]) == ("33.3 %", "less")
    assert [one["visits"] for one in pair["new"]] == ["10"]
    with pytest.raises(BadScope, match="9: no visits with this release in this time; expected one of 2, 1"):
        releases.load(scope._replace(asked={"before": "9"}))


def test_journeys_show_where_people_leave_and_who_is_to_blame(scope):
    found = journeys.load(scope)
    (journey,) = found["journeys"]
    assert [step["n"] for step in journey["steps"]] == ["80", "60", "60"]
    (run,) = found["runs"]
    assert (run["runs"], run["site"], run["infrastructure"], run["monitor"]) == ("3", 1, 0, 0)


def test_a_surge_is_told_from_what_was_kept(scope):
    found = surge.load(scope)
    assert found["articles"][0]["story"].headline.startswith("Contacts are 3.2×")
    assert found["articles"][0]["numbers"][0].text == "+118"
    assert found["articles"][0]["points"][0]["visits"] == "10"
    assert len(found["surges"]) == 1
    (row,) = surge.load_one(scope, SURGE_ID)["history"]
    assert row["state"] == "Active"


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_that_others_wrote_becomes_markup(url, path):
    status, text, headers = await text_of(f"{url}/{path}?since=3d")
    assert status == 200, text
    assert EVIL not in text
    assert "<script>alert" not in text
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "nosniff" in headers["X-Content-Type-Options"]
    assert not re.search(r"\son\w+=|style=\"", text), "no inline handler or style"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("since=x", "is not a valid time"),
        ("since=500d", "500 days is out of range; expected at most 400"),
        ("app=nobody%3Cb%3E", "unknown site"),
        ("since=2026-11-22T10:00:00Z&until=2026-11-20T10:00:00Z", "ends before it starts"),
    ],
)
async def test_a_question_that_cannot_be_asked_says_what_would_be_right(url, asked, message):
    status, text, _ = await text_of(f"{url}/friction?{asked}")
    assert status == 400
    assert message in text
    assert "<b>" not in text


async def test_a_page_that_does_not_exist_is_named(url):
    assert (await text_of(f"{url}/surges/nonsense"))[0] == 404
    assert (await text_of(f"{url}/surges/00000000-0000-4000-8000-0000000000ff"))[0] == 404
    async with aiohttp.ClientSession() as http, http.get(f"{url}/nothing", headers={"Accept": "text/html"}) as answer:
        assert (answer.status, "There is no page at /nothing." in await answer.text()) == (404, True)
    status, text, _ = await text_of(f"{url}/friction/00000000000000ff")
    assert status == 400
    assert "00000000000000ff: no visit on shop met it in this time; choose a longer time" in text


async def test_a_verdict_is_refused_and_then_confirmed_on_its_page(url, store):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/surges/{SURGE_ID}?since=3d") as answer:
            token = re.search(r'name="csrf" value="(\w+)"', await answer.text())[1]
        for right, words in (("0", "Refused: this verdict was wrong."), ("1", "Confirmed: this verdict was right.")):
            form = {"csrf": token, "right": right}
            async with http.post(f"{url}/surges/{SURGE_ID}?since=3d", data=form) as answer:
                assert (answer.status, words in await answer.text()) == (200, True)
        async with http.post(f"{url}/surges/{SURGE_ID}", data={"csrf": "forged", "right": "0"}) as answer:
            assert answer.status == 403
        async with http.post(f"{url}/surges/{SURGE_ID}", data={"csrf": token, "right": "maybe"}) as answer:
            assert answer.status == 400
    (one,) = reviews(store, "shop")
    assert (one.surge_id, one.verdict, one.is_right) == (SURGE_ID, "friction", True)


async def test_an_override_by_the_page_holds_everywhere(url, store):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/friction?since=3d") as answer:
            point = re.search(r"/friction/([0-9a-f]{16})", await answer.text())[1]
        async with http.get(f"{url}/friction/{point}?since=3d") as answer:
            token = re.search(r'name="csrf" value="(\w+)"', await answer.text())[1]
        form = {
            "csrf": token,
            "class": "user_error",
            "sub": "slip",
            "who": "ada",
            "why": f"asked them {EVIL}",
            "days": "30",
        }
        async with http.post(f"{url}/friction/{point}?since=3d", data=form) as answer:
            text = await answer.text()
            assert answer.status == 200, text
        assert "user error, slip (override)" in text
        assert "Overridden by ada until" in text
        assert "<script>alert" not in text
        (row,) = friction_points.overrides(store, "shop")
        assert (row["cause_class"], row["cause_sub"], row["who"]) == ("user_error", "slip", "ada")
        bad = form | {"class": "nonsense"}
        async with http.post(f"{url}/friction/{point}", data=bad) as answer:
            assert answer.status == 400
            assert "is not a class: usability" in await answer.text()
        async with http.post(f"{url}/friction/{point}", data={"csrf": token, "remove": "1", "who": "ada"}) as answer:
            assert answer.status == 200
    assert friction_points.overrides(store, "shop") == []


def test_the_table_of_friction_is_sorted_as_the_address_asks(scope):
    by_visits = friction.load(scope._replace(asked={"sort": "visits"}))["points"]
    visits = [int(one["sessions"].replace(",", "")) for one in by_visits]
    assert visits == sorted(visits, reverse=True)
    by_growth = friction.load(scope._replace(asked={"sort": "change"}))["points"]
    grew, shrank = by_growth[0], by_growth[-1]
    assert (grew["change"].startswith("0.0 % → "), grew["change"].endswith(" since 2")) == (True, True)
    assert (shrank["change_tone"], shrank["change"]) == ("good", "33.3 % → 0.0 % since 2")
    with pytest.raises(BadScope, match="sort: unknown column 'price'; expected one of points, visits"):
        friction.load(scope._replace(asked={"sort": "price"}))


async def test_the_table_of_friction_can_be_taken_along(url, scope):
    status, text, headers = await text_of(f"{url}/friction.csv?since=3d&sort=visits")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = friction.load(scope._replace(asked={"sort": "visits"}))["points"]
    assert [(row["fingerprint"], row["visits"]) for row in rows][: len(shown)] == [
        (one["fingerprint"], one["sessions"]) for one in shown
    ]
    assert float(rows[0]["share_low"]) < float(rows[0]["share"]) < float(rows[0]["share_high"])


async def test_operations_show_what_is_lost(url):
    _, text, _ = await text_of(f"{url}/operations?since=3d")
    assert re.search(r"events dropped by the collector</th><td>shed</td><td class=\"n\">7<", text)


def test_every_word_that_a_template_says_is_in_one_file(root):
    """No English between the tags of a template."""
    for file in (root / "collector/web/templates").glob("*.html"):
        text = re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        bare = re.sub(r"\{[{%#].*?[%}#]\}|<[^>]*>", " ", text, flags=re.DOTALL)
        bare = re.sub(r"\{\{.*?\}\}", " ", bare)
        words = set(re.findall(r"[A-Za-z]{2,}", bare)) - {"Snagwatch"}
        assert words == set(), file.name


def test_the_clock_of_the_page_is_the_sites(scope):
    assert scope.zone.key == "Europe/Berlin"
    assert NOW
