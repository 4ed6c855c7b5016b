"""What the pages show is what the store says, and nothing that others wrote becomes markup."""

import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from collector.friction import points as account
from collector.friction import points_from_sums
from collector.friction.classify_job import refresh
from collector.metrics.funnel_report import funnel
from collector.metrics.journeys import read
from collector.metrics.period import Period
from collector.store import page_sums
from collector.web import friction, journeys, releases, surge, surveys
from collector.web.scope import BadLook, look
from tests.conftest import NOW, emptied
from tests.friction.test_classify_job import RAGE, take, visit
from tests.web.planted import END, EVIL, SURGE_ID, plant
from tests.web.site import served

PATHS = ("surges", "friction", "journeys", "releases", "surveys", "operations", f"surges/{SURGE_ID}")


@pytest.fixture(scope="module")
def planted(_opened, tmp_path_factory):
    """One planted store for all of this file: it takes seconds, and most only read."""
    folder = tmp_path_factory.mktemp("planted")
    store = emptied(_opened)
    return store, plant(store, folder)


@pytest.fixture
def store(planted):
    return planted[0]


@pytest.fixture
def settings(planted):
    return planted[1]


@pytest.fixture
def seen(store, settings):
    return look(store, settings, {"since": "3d"}, END)


async def text_of(url):
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text(), answer.headers


def test_the_sums_of_hours_say_what_the_visits_say(store, settings):
    period = Period("shop", END - timedelta(days=3), END + timedelta(hours=1))
    assert points_from_sums.sums(store, period) == account.sums(store, period)
    assert points_from_sums.sums(store, period, True) == account.sums(store, period, "release")
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
    exact = [[one[name] for name in names] for one in account.points(store, period)]
    assert [[one[name] for name in names] for one in points_from_sums.points(store, period)] == exact
    for one, other in zip(points_from_sums.points(store, period), account.points(store, period), strict=True):
        assert one["points"] == pytest.approx(other["points"])
    score = account.scores(store, period)[""].score.value
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


def test_the_page_of_friction_shows_the_stores_numbers(store, settings, seen):
    found = friction.answer(seen)
    (score, rate) = found["numbers"]
    exact = account.scores(store, seen.period)[""]
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
    assert [step["what"] for step in found["examples"]["visits"][0]["steps"]] == ["looked at", "rage clicks"]


def test_every_number_has_its_interval_its_n_and_what_is_behind_it(seen):
    for page in (
        friction.answer(seen),
        {"numbers": surge.answer(seen)["now"]},
        releases.answer(seen)["pair"],
    ):
        for one in page["numbers"]:
            assert re.search(r"\d to -?[\d.]+|not enough|before", f"{one.spread} {one.text}"), one
            assert one.n.startswith("n = "), one
            assert one.href, one
    for one in surveys.answer(seen)["stated"]:
        assert "interval" in one.spread or "not enough" in one.text, one


def test_releases_are_compared_with_intervals_and_what_is_new_is_named(seen):
    pair = releases.answer(seen)["pair"]
    assert (pair["before"], pair["after"], pair["verdict"]) == ("1", "2", "better")
    (rage,) = pair["kinds"]
    assert (rage["before"], rage["verdict"]) == ("33.3 %", "less")
    assert [one["visits"] for one in pair["new"]] == ["10"]
    with pytest.raises(BadLook, match="no visits of the release 9 in this time; there are 2, 1"):
        releases.answer(seen._replace(asked={"before": "9"}))


def test_journeys_show_where_people_leave_and_who_is_to_blame(seen):
    found = journeys.answer(seen)
    (journey,) = found["journeys"]
    assert [step["n"] for step in journey["steps"]] == ["80", "60", "60"]
    (run,) = found["runs"]
    assert (run["runs"], run["site"], run["infrastructure"], run["monitor"]) == ("3", 1, 0, 0)


def test_a_surge_is_told_from_what_was_kept(seen):
    found = surge.answer(seen)
    assert found["surge"]["story"].headline.startswith("Contacts are 3.2×")
    assert found["surge"]["numbers"][0].text == "+118"
    assert found["surge"]["points"][0]["visits"] > 0
    assert len(found["surges"]) == 1
    (row,) = surge.one(seen, SURGE_ID)["history"]
    assert row["state"] == "stands"


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_that_others_wrote_becomes_markup(dsn, settings, path):
    async with served(dsn, settings) as url:
        status, text, headers = await text_of(f"{url}/{path}?since=3d")
    assert status == 200, text
    assert EVIL not in text
    assert "<script>alert" not in text
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "nosniff" in headers["X-Content-Type-Options"]
    assert not re.search(r"\son\w+=|style=\"", text), "no inline handler or style"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=x", "is no time"),
        ("since=500d", "longer than 400"),
        ("app=nobody%3Cb%3E", "no site is called"),
        ("since=2026-11-22T10:00:00Z&until=2026-11-20T10:00:00Z", "ends before it begins"),
    ],
)
async def test_a_question_that_cannot_be_asked_says_what_would_be_right(dsn, settings, asked, said):
    async with served(dsn, settings) as url:
        status, text, _ = await text_of(f"{url}/friction?{asked}")
    assert status == 400
    assert said in text
    assert "<b>" not in text


async def test_what_does_not_exist_is_said(dsn, settings):
    async with served(dsn, settings) as url:
        assert (await text_of(f"{url}/surges/nonsense"))[0] == 404
        assert (await text_of(f"{url}/surges/00000000-0000-4000-8000-0000000000ff"))[0] == 404
        status, text, _ = await text_of(f"{url}/friction/00000000000000ff")
        assert status == 400
        assert "nobody met 00000000000000ff on shop" in text


async def test_an_override_by_the_page_holds_everywhere(dsn, settings, store):
    async with served(dsn, settings) as url, aiohttp.ClientSession() as http:
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
        assert "ada says so until" in text
        assert "<script>alert" not in text
        (row,) = account.overrides(store, "shop")
        assert (row["cause_class"], row["cause_sub"], row["who"]) == ("user_error", "slip", "ada")
        bad = form | {"class": "nonsense"}
        async with http.post(f"{url}/friction/{point}", data=bad) as answer:
            assert answer.status == 400
            assert "is no class: usability" in await answer.text()
        async with http.post(f"{url}/friction/{point}", data={"csrf": token, "take_back": "1", "who": "ada"}) as answer:
            assert answer.status == 200
    assert account.overrides(store, "shop") == []


async def test_operations_show_what_is_lost(dsn, settings):
    async with served(dsn, settings) as url:
        _, text, _ = await text_of(f"{url}/operations?since=3d")
    assert re.search(r"events dropped by the collector</th><td>shed</td><td class=\"n\">7<", text)


def test_every_word_that_a_template_says_is_in_one_file(root):
    """No English between the tags of a template."""
    for file in (root / "collector/web/templates").glob("*.html"):
        if file.name == "report.html":
            continue
        text = re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        bare = re.sub(r"\{[{%#].*?[%}#]\}|<[^>]*>", " ", text, flags=re.DOTALL)
        bare = re.sub(r"\{\{.*?\}\}", " ", bare)
        words = set(re.findall(r"[A-Za-z]{2,}", bare)) - {"Snagwatch"}
        assert words == set(), file.name


def test_the_clock_of_the_page_is_the_sites(seen):
    assert seen.zone.key == "Europe/Berlin"
    assert NOW


# From here on the store is changed.


def test_sums_follow_late_visits_and_stay_when_nothing_came(store, settings):
    assert page_sums.refresh(store) == 0
    assert page_sums.refresh_funnels(store) == 0
    before = points_from_sums.sums(store, Period("shop", END - timedelta(days=3), END))[""].visits
    take(store, *(visit(RAGE, release="2") for _ in range(3)))
    refresh(store)
    assert page_sums.refresh(store) > 0
    period = Period("shop", END - timedelta(days=3), END)
    assert points_from_sums.sums(store, period)[""].visits == before + 3
    assert points_from_sums.points(store, period) != []


async def test_an_empty_store_says_how_to_fill_it(dsn, store, tmp_path):
    emptied(store)
    from collector.settings import Settings

    async with served(dsn, Settings(data_dir=str(tmp_path))) as url:
        status, text, _ = await text_of(f"{url}/surges")
    assert status == 200
    assert "the store holds no page views yet" in text
