"""The schedule, the outbox, the metrics, options, recording: what needs no browser."""

import asyncio
import itertools
import time
from uuid import uuid4
from xml.etree import ElementTree as Xml

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from collector.errors import Failed
from synthetic import journey
from synthetic.artefacts import Artefacts, slug
from synthetic.first import write
from synthetic.load import _files_below
from synthetic.metrics import Metrics
from synthetic.options import allowed, context_options, throttle
from synthetic.outbox import Outbox
from synthetic.recording import cut
from synthetic.report import junit
from synthetic.result import Result, StepResult, monitors_own
from synthetic.schedule import Schedule, is_mine, next_tick, offset_s
from synthetic.target import Target


def test_offsets_spread_journeys_over_their_interval_and_stay():
    offsets = [offset_s(f"journey {i}", "eu", 300) for i in range(200)]
    assert offsets == [offset_s(f"journey {i}", "eu", 300) for i in range(200)]
    assert all(20 < sum(60 * k <= offset < 60 * k + 60 for offset in offsets) < 60 for k in range(5))


def test_a_tick_comes_once_in_every_interval():
    ticks, now = [], 1000.0
    for _ in range(5):
        now = next_tick(now, 60, 13.5)
        ticks.append(now)
    assert {b - a for a, b in itertools.pairwise(ticks)} == {60}
    assert ticks[0] % 60 == 13.5


def test_a_missed_tick_is_counted_and_not_made_up_for():
    schedule = Schedule({"pay": 10.0})
    schedule.advance(1000.0)
    schedule.advance(1000.0 + 55)  # asleep meanwhile
    assert schedule.take([]) is not None
    assert schedule.take([]) is None
    assert schedule.missed["pay"] in (4, 5)


def test_a_journey_that_still_runs_waits_and_one_that_waited_in_vain_is_counted():
    schedule = Schedule({"pay": 10.0})
    schedule.advance(1000.0)
    schedule.advance(1010.0)
    assert schedule.take(["pay"]) is None
    schedule.advance(1020.0)
    assert schedule.missed == {"pay": 1}
    assert 1000.0 < schedule.take([]).at < 1010.0, "it waits since then, and keeps its place"


def test_journeys_of_one_moment_all_get_their_turn():
    schedule = Schedule({"a": 10.0, "b": 10.0})
    schedule.advance(1000.0)
    schedule.advance(1010.0)
    assert {schedule.take([]).journey, schedule.take([]).journey} == {"a", "b"}
    assert schedule.missed == {}


@pytest.mark.parametrize("replicas", [1, 2, 5])
def test_every_journey_has_exactly_one_replica(replicas):
    for i in range(50):
        assert sum(is_mine(f"journey {i}", (shard, replicas)) for shard in range(1, replicas + 1)) == 1


def test_a_new_replica_takes_journeys_over_and_moves_no_others():
    names = [f"journey {i}" for i in range(100)]
    before = {name for name in names if is_mine(name, (1, 2))}
    after = {name for name in names if is_mine(name, (1, 3))}
    assert after < before


def beacons(n):
    return [monitors_own("pay", "x", f"run {i}", Target()).beacons[0] for i in range(n)]


async def collector(answers):
    """Answers with these statuses, the last one for ever; keeps what it took."""
    taken = []

    async def post(request):
        status = answers.pop(0) if len(answers) > 1 else answers[0]
        if status == 204:
            taken.append(await request.read())
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/v1/beacons", post)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}", taken


async def test_what_the_collector_does_not_take_at_once_it_gets_later():
    server, url, taken = await collector([503, 500, 204])
    box = Outbox(url)
    box.put(beacons(3))
    assert await box.flush(10)
    assert (len(taken), len(box), box.dropped) == (3, 0, {})
    await server.cleanup()


async def test_what_it_refuses_is_let_go_and_counted():
    server, url, taken = await collector([400, 204])
    box = Outbox(url)
    box.put(beacons(2))
    assert await box.flush(5)
    assert (len(taken), box.dropped) == (1, {"refused": 1})
    await server.cleanup()


async def test_a_folder_keeps_beacons_for_the_next_process(tmp_path):
    box = Outbox("http://127.0.0.1:9", tmp_path)
    box.put(beacons(2))
    assert not await box.flush(0)
    assert "took nothing" in box.problem
    server, url, taken = await collector([204])
    again = Outbox(url, tmp_path)
    assert len(again) == 2
    assert await again.flush(5)
    assert (len(taken), list(tmp_path.iterdir())) == (2, [])
    await server.cleanup()


async def test_the_buffer_is_bounded_and_lets_the_oldest_go():
    box = Outbox("http://127.0.0.1:9", most_mb=0.002)
    box.put(beacons(20))
    assert box.size_bytes <= 2000
    assert box.dropped["full"] == 20 - len(box)


def result(status="passed", **given):
    return Result(
        journey="pay",
        run_id=uuid4(),
        session_id=uuid4(),
        started_ts=1_700_000_000_000,
        duration_ms=1500,
        status=status,
        fault=given.pop("fault", "none"),
        location="eu",
        **given,
    )


async def test_a_buffer_that_takes_no_file_keeps_beacons_in_memory(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    box = Outbox("http://127.0.0.1:9", tmp_path / "file" / "buffer")
    box.put(monitors_own("pay", "deadline", "", Target()).beacons * 3)
    assert len(box) == 3
    assert caplog.text.count("wait in memory") == 1


def test_metrics_have_blackbox_names_first_and_the_monitor_s_faults_leave_them_alone():
    metrics = Metrics(CollectorRegistry())
    metrics.add(result())
    metrics.add(result("error", fault="monitor", reason="browser.crash"))
    said = generate_latest(metrics.registry).decode()
    assert 'probe_success{journey="pay",location="eu"} 1.0' in said
    assert 'probe_duration_seconds{journey="pay",location="eu"} 1.5' in said
    assert 'snag_runner_errors_total{reason="browser.crash"} 1.0' in said
    for _ in range(2):
        metrics.add(result("failed", fault="technical", reason="assert"))
    said = generate_latest(metrics.registry).decode()
    assert 'probe_success{journey="pay",location="eu"} 0.0' in said
    assert 'snag_journey_consecutive_failures{journey="pay",location="eu"} 2.0' in said


def test_junit_parts_the_site_s_failures_from_the_monitor_s_errors():
    step = StepResult(name="a<b", index=0, status="failed", duration_ms=5, threshold_ms=9, started_ts=0)
    runs = [
        result(),
        result("failed", fault="technical", reason="assert", message="no \x00 & <", steps=[step]),
        result("error", fault="monitor", reason="browser.crash"),
    ]
    suite = Xml.fromstring(junit(runs))
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"evry": "5m"}, "journey 'x' has no option 'evry'; did you mean 'every'?"),
        (
            {"every": "5 lightyears"},
            "journey 'x': '5 lightyears' is not a valid duration; expected for example 800ms, 1.5s, 5m or 1h",
        ),
        (
            {"allow": ["dialogue"]},
            "journey 'x': allow has 'dialogue', which cannot be allowed; did you mean 'dialog'?",
        ),
        (
            {"throttle": "5g"},
            "journey 'x': throttle is '5g'; expected slow-3g, 3g, 4g, dsl, or numbers",
        ),
        ({"retries": 9}, "journey 'x': retries is 9; expected 0 to 5"),
        ({"secrets": "PIN"}, "journey 'x': secrets is the text 'PIN'; expected a list: ['PIN']"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(options, message):
    async def script(page): ...

    with pytest.raises((ValueError, TypeError)) as error:
        journey("x", **options)(script)
    assert str(error.value) == message


def test_a_function_that_is_no_coroutine_is_named():
    with pytest.raises(TypeError, match="journey 'x' is not a coroutine function; expected: async def script"):

        @journey("x")
        def script(page): ...


def test_throttles_are_presets_or_numbers():
    assert throttle("4g").down_kbps == 9000
    assert throttle({"cpu": 4}).cpu == 4
    with pytest.raises(ValueError, match="throttle has no 'down'"):
        throttle({"down": 1})
    assert allowed("popup") == {"unexpected_popup"}


CODEGEN = """
async def run(playwright: Playwright) -> None:
    browser = await playwright.chromium.launch(headless=False)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto("https://shop.example/")
    await page.get_by_role("link", name="Kettles").click()
    await page.get_by_label("Amount").fill("2")
    await page.get_by_role("button", name="Pay").click()
    await expect(page.get_by_text("Thank you")).to_be_visible()
    await page.close()

    # ---------------------
    await context.close()
    await browser.close()
"""


def test_a_recording_is_cut_into_steps_where_pages_change():
    text = cut(CODEGEN, "buy")
    compile(text, "journey.py", "exec")
    steps = [line.strip() for line in text.splitlines() if "step(" in line]
    assert steps == ['async with step("open the site"):', 'async with step("amount"):', 'async with step("thank you"):']
    assert 'page.goto("/")' in text
    assert 'base_url="https://shop.example"' in text
    assert "close" not in text


def test_a_recording_of_nothing_is_refused():
    with pytest.raises(Failed, match="nothing was done on the page"):
        cut("async def run(playwright):\n    browser = await playwright.chromium.launch()\n", "x")


def test_a_first_journey_is_written_once(tmp_path):
    assert "Run it: snag journeys run" in write(tmp_path, "https://shop.example")
    compile((tmp_path / "front_page.py").read_text(), "x", "exec")
    with pytest.raises(Failed, match="exists already; it was left as it is"):
        write(tmp_path, "https://shop.example")


def test_artefacts_are_kept_by_age_and_size(tmp_path):
    import os

    shown = Artefacts(tmp_path, keep_days=1, most_mb=0.002)
    now = time.time()
    for i in range(4):
        folder = shown.of("pay", str(i))
        folder.mkdir(parents=True)
        (folder / "trace.zip").write_bytes(b"x" * 900)
        os.utime(folder / "trace.zip", (now - i * 3600, now - (90_000 if i == 3 else i * 3600)))
    assert shown.tidy(now) == 2
    assert sorted(path.parent.name for path in tmp_path.rglob("*.zip")) == ["0", "1"]
    assert slug("../../etc") == "etc"


async def test_a_watch_runs_journeys_and_serves_metrics(tmp_path):
    from synthetic.messages import SetUp
    from synthetic.watch import Plan, Watch
    from tests.synthetic.faulty import serve

    (tmp_path / "shop.py").write_text(
        "from synthetic import journey, step\n"
        "@journey('front door', every='1s', slow='9s')\n"
        "async def front_door(page):\n"
        "    async with step('open'):\n"
        "        await page.goto('/')\n"
    )
    async with serve() as site:
        set_up = SetUp(paths=[str(tmp_path)], target=Target(base_url=site.url, location="eu"), log_level="ERROR")
        watch = Watch(set_up, Plan(collector=site.url))
        await watch.load()
        running = asyncio.ensure_future(watch.run())
        for _ in range(200):
            await asyncio.sleep(0.1)
            said = generate_latest(watch.metrics.registry).decode()
            if 'status="passed"} 2.0' in said:
                break
        running.cancel()
        await watch.close()
        assert 'probe_success{journey="front door",location="eu"} 1.0' in said
        assert len(site.own) >= 2, "the collector has heard of it"


def test_with_too_much_to_do_every_journey_runs_less_often_and_none_hardly_ever():
    schedule, runs = (
        Schedule({f"journey {i}": 15.0 for i in range(5)}),
        dict.fromkeys((f"journey {i}" for i in range(5)), 0),
    )
    for second in range(1000, 4600, 5):  # one at a time, 5 s each, an hour long
        schedule.advance(float(second))
        if due := schedule.take([]):
            runs[due.journey] += 1
    assert max(runs.values()) - min(runs.values()) <= 2, runs


def test_a_context_takes_playwright_s_options_and_no_others():
    assert context_options({"ignore_https_errors": True}) == {"ignore_https_errors": True}
    with pytest.raises(ValueError, match="context has no 'local'; did you mean 'locale'"):
        context_options({"local": "de-DE"})


def test_folders_of_others_are_not_loaded(tmp_path):
    for name in ("shop.py", ".venv/lib/a.py", "node_modules/b.py", "setup.py", "sub/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [str(file.relative_to(tmp_path)) for file in _files_below(tmp_path)] == ["shop.py", "sub/c.py"]


RECORDED = """
async def run(playwright: Playwright) -> None:
    browser = await playwright.chromium.launch(headless=False)
    context = await browser.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    page = await context.new_page()
    await page.goto("https://shop.example/")
    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.get_by_label("Password").fill("hunter22")
    await page.get_by_role("button", name="Delete").click()
    page1 = await context.new_page()
    await page1.goto("https://shop.example/b")
    await page1.close()
"""


def test_a_recording_keeps_dialogs_tabs_and_options_and_asks_for_secrets():
    text = cut(RECORDED, "delete")
    compile(text, "journey.py", "exec")
    assert 'page.once("dialog", lambda dialog: dialog.dismiss())' in text
    assert "page1 = await page.context.new_page()" in text
    assert 'context=dict(locale="de-DE", timezone_id="Europe/Berlin")' in text
    assert 'fill(run.secret("PASSWORD"))' in text
    assert "hunter22" not in text
    assert 'secrets=["PASSWORD"]' in text
