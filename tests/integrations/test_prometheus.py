"""Series from Prometheus: each a number over time, credentials never told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from collector.integrations.prometheus import PrometheusError, Wanted, take
from collector.integrations.prometheus_file import read
from collector.store.grids import read as grids
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

END = datetime.fromtimestamp(NOW / 1000, UTC)
START = END - timedelta(hours=2)


@pytest.fixture
async def prometheus() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The documented query_range API; what it answers is set by the test, what it was asked is remembered."""
    state: dict[str, Any] = {"asked": []}

    async def query_range(request: web.Request) -> web.Response:
        form = dict(await request.post())
        state["asked"].append(form)
        if "answer" in state:
            return state["answer"]()
        start, end, step = (float(str(form[name])) for name in ("start", "end", "step"))
        values = [[ts, "NaN" if i == 1 else str(i)] for i, ts in enumerate(np.arange(start, end + 1, step))]
        data = {"resultType": "matrix", "result": [{"metric": {"job": "shop"}, "values": values}]}
        return web.json_response({"status": "success", "data": data})

    app = web.Application()
    app.router.add_post("/api/v1/query_range", query_range)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", state
    await runner.cleanup()


async def test_samples_come_every_five_minutes_and_nan_is_no_data(prometheus):
    url, state = prometheus
    ((_, found),) = await take([Wanted("http_5xx_rate", url, "rate(x[5m])")], START, END)
    assert [sample.value for sample in found[:3]] == [0, 2, 3]
    assert all(sample.ts.timestamp() % 300 == 0 for sample in found)
    assert state["asked"][0]["query"] == "rate(x[5m])"


async def test_long_times_are_asked_for_in_pieces_that_prometheus_answers(prometheus):
    url, state = prometheus
    await take([Wanted("ttfb_p75_ms", url, "x")], END - timedelta(days=80), END)
    spans = [(float(one["end"]) - float(one["start"])) / 300 for one in state["asked"]]
    assert len(spans) == 3
    assert max(spans) < 11_000


@pytest.mark.parametrize(("answer", "message"), [
    ({"status": "error", "error": "parse error: unexpected end"}, "refused the query: parse error: unexpected end"),
    ({"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {"pod": "a"}}, {"metric": {"pod": "b"}}]}},
     r"gives 2 series, told apart by pod; put it into sum\(…\)"),
    ({"status": "success", "data": {"resultType": "scalar", "result": []}}, "gives a scalar, not numbers over time"),
    ({"status": "success", "warnings": ["store is away"], "data": {"resultType": "matrix", "result": [{"values": []}]}},
     "part of the data only: store is away"),
    ({"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "histograms": [[1, {}]]}]}},
     "native histogram"),
])  # fmt: skip
async def test_an_answer_that_cannot_be_used_is_named_with_its_remedy(prometheus, answer, message):
    url, state = prometheus
    state["answer"] = lambda: web.json_response(answer, status=400 if answer["status"] == "error" else 200)
    with pytest.raises(PrometheusError, match=message):
        await take([Wanted("x", url, "q")], START, END)


async def test_null_is_no_data_and_a_hint_about_the_query_is_no_gap(prometheus):
    url, state = prometheus
    state["answer"] = lambda: web.json_response({"status": "success", "data": {"resultType": "matrix", "result": None}})
    assert [samples for _, samples in await take([Wanted("x", url, "q")], START, END)] == [[]]
    good = {"status": "success", "warnings": ["PromQL warning: x"], "data": {"resultType": "matrix", "result": []}}
    state["answer"] = lambda: web.json_response(good)
    await take([Wanted("x", url, "q")], START, END)


async def test_credentials_are_never_told(prometheus):
    url, state = prometheus
    state["answer"] = lambda: web.Response(text="<html>")
    with pytest.raises(PrometheusError, match="with no JSON: is it a Prometheus") as error:
        await take([Wanted("x", url.replace("//", "//me:secret@"), "q")], START, END)
    assert "secret" not in str(error.value)
    with pytest.raises(PrometheusError, match="cannot be reached") as error:
        await take([Wanted("x", "http://me:secret@127.0.0.1:9", "q")], START, END)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(("text", "message"), [
    ("series = 1", r"expected nothing but \[\[series\]\] tables"),
    ("[[series]]\nname = 'x'", "series 1: prometheus is missing"),
    ("[[series]]\nname = 'x'\nprometheus = 'http://p'\nquery = 'q'\nevery = 5", "series 1: every is not known"),
    ("[[series]]\nname = 'P 75'\nprometheus = 'http://p'\nquery = 'q'", "expected small letters"),
    ("[[series]]\nname = 'x'\nprometheus = 'p:9090'\nquery = 'q'", "expected http://host:9090"),
    ("[[series", "is not valid TOML"),
])  # fmt: skip
def test_a_file_that_is_wrong_says_where(tmp_path, text, message):
    file = tmp_path / "series.toml"
    file.write_text(text)
    with pytest.raises(PrometheusError, match=message):
        read(file)


def test_imported_series_stand_beside_what_the_agent_measured_and_replace_it(store):
    keep(store, beacon(event("page_view"), event("web_vital", metric="TTFB", value=100.0)))
    store.refresh()
    store.add_performance("shop", "ttfb_p75_ms", "http://p", [(END, 900.0)])
    store.add_performance("", "saturation", "http://p", [(END, 0.5)])
    store.add_performance("other", "http_5xx_rate", "http://p", [(END, 0.9)])
    store.add_performance("shop", "ttfb_p75_ms", "http://p", [(END, 800.0)])
    found = grids(store, "shop", END, END + timedelta(hours=1), ("rum",)).performance
    assert found["ttfb_p75_ms"][0] == 800.0
    assert found["saturation"][0] == 0.5
    assert np.isnan(found["http_5xx_rate"]).all()
