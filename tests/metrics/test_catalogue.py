"""The catalogue, the page that is written from it, and the views that it counts over belong together."""

import re

import pytest

from collector.metrics.catalogue import CATALOGUE, COLUMN_OF, METRICS
from collector.metrics.docs import page
from collector.store.catalogue_query import statement


def test_the_page_is_as_the_catalogue_says(root):
    assert (root / "docs/metrics.md").read_text(encoding="utf-8") == page()


def test_names_are_unique_and_plain():
    assert len(METRICS) == len(CATALOGUE)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in METRICS)


@pytest.mark.parametrize("view", sorted({metric.view for metric in CATALOGUE}))
def test_every_part_and_time_is_a_column_of_its_view(store, view):
    database, name = view.split(".")
    rows = store.client.query(
        "SELECT name FROM system.columns WHERE database = {d:String} AND table = {t:String}",
        parameters={"d": database, "t": name},
    ).result_rows
    columns = {row[0] for row in rows}
    for metric in CATALOGUE:
        if metric.view == view:
            assert {metric.time, *(COLUMN_OF.get(part, part) for part in metric.parts)} <= columns


def test_a_column_is_a_plain_name():
    with pytest.raises(ValueError, match="is no column"):
        statement(CATALOGUE[0], "1); DROP TABLE x")


def test_a_reader_may_run_every_metric(store):
    from collector.store.sql_port import allowlist

    for metric in CATALOGUE:
        allowlist.check(statement(metric), {}, databases=allowlist.DATABASES, functions=frozenset())
