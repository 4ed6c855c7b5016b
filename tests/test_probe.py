"""`snag probe` says whether a beacon comes in and can be read, as the one who deployed the collector would ask."""

import re

from tests.server.test_serve import free_port, running


def test_a_beacon_is_posted_and_read_beside_a_running_collector(tmp_path):
    with running(tmp_path) as collector:
        said = collector.snag("probe", collector.url)
        assert re.fullmatch(r"accepted after [\d.]+ s, stored after [\d.]+ s\n", said)
        sources = collector.snag("store", "query", "SELECT DISTINCT traffic_source FROM snag_experience.page_views")
        assert "synthetic" in sources
        assert "rum" not in sources


def test_where_the_store_cannot_be_reached_an_emptied_queue_is_enough(tmp_path):
    with running(tmp_path) as collector:
        collector.env["SNAG_DATA_DIR"] = str(tmp_path / "elsewhere")
        assert "stored after" in collector.snag("probe", collector.url, "--private", collector.private)


def test_what_is_not_read_in_time_is_said(tmp_path):
    with running(tmp_path, SNAG_STORE_MIN_FREE_MB="999999999") as collector:  # the store takes nothing
        collector.env["SNAG_DATA_DIR"] = str(tmp_path / "elsewhere")
        args = ["probe", collector.url, "--private", collector.private, "--wait-s", "1"]
        collector.snag(*args, code=1)


def test_a_collector_that_refuses_or_is_not_there_is_named(tmp_path):
    with running(tmp_path) as collector:
        said = collector.snag("probe", collector.private, code=2)  # the wrong port
        assert f"{collector.private} answered 404" in said
    assert "cannot connect" in collector.snag("probe", f"http://127.0.0.1:{free_port()}", code=2)
