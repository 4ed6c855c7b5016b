"""Macros and variables become what Grafana and the data source make of them."""

from datetime import UTC, datetime

import pytest

from tools.expand_boards import ALL, NotExpanded, Range, expand, interval_s

AT = Range(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC), 3600)
OPTIONS = {"v": ["a", "b"]}


@pytest.mark.parametrize(
    ("sql", "value", "expanded"),
    [
        ("$__conditionalAll(x IN (${v:singlequote}), $v)", ALL, "1=1"),
        ("$__conditionalAll(x IN (${v:singlequote}), $v)", [ALL], "1=1"),
        ("$__conditionalAll(x IN (${v:singlequote}), $v)", "", "1=1"),
        ("$__conditionalAll(x IN (${v:singlequote}), $v)", ["o'b", "c"], "x IN ('o\\'b','c')"),
        ("x IN (${v:singlequote})", ALL, "x IN ('a','b')"),
        ("x IN ($v)", ["o'b"], "x IN ('o'b')"),  # why :singlequote must stand there
        ("x = $v", "raw", "x = raw"),
        ("$nothing of mine", "x", "$nothing of mine"),
        ("$__timeFilter(ts)", "", "ts >= toDateTime(1795132800) AND ts <= toDateTime(1795219200)"),
        ("$__timeFilter_ms(ts)", "",
         "ts >= fromUnixTimestamp64Milli(1795132800000) AND ts <= fromUnixTimestamp64Milli(1795219200000)"),
        ("$__timeInterval(ts)", "", "toStartOfInterval(toDateTime(ts), INTERVAL 3600 second)"),
        ("$__fromTime() - $__interval_s()", "", "toDateTime(1795132800) - 3600"),
        ("$__toTime_ms()", "", "fromUnixTimestamp64Milli(1795219200000)"),
    ],
)  # fmt: skip
def test_a_query_becomes(sql, value, expanded):
    assert expand(sql, AT, {"v": value}, OPTIONS) == expanded


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("ts >= $__fromTime AND f(x)", r"\$__fromTime takes 0 argument, not 1: \$__fromTime AND f\(x\)"),
        ("($__fromTime) > 1 OR ($__fromTime_ms) > 1", "depends on their order"),
        ("$__lttb(a, b)", r"\$__lttb is not a macro"),
        ("$__timeFilter(a, b)", "takes 1 argument, not 2"),
        ("$__timeFilter(a", "a bracket is not closed"),
        ("$__conditionalAll(x)", "has 1 arguments, not 2"),
        ("$__conditionalAll(x, $nowhere)", "names nowhere, which is not a variable of the board"),
    ],
)
def test_what_the_data_source_would_spoil_is_refused(sql, said):
    with pytest.raises(NotExpanded, match=said):
        expand(sql, AT, {"v": ALL}, OPTIONS)


@pytest.mark.parametrize(("days", "least", "seconds"), [(1, "", 60), (1, "1h", 3600), (90, "1h", 7200), (7, "5m", 600)])
def test_points_are_as_far_apart_as_grafana_asks(days, least, seconds):
    end = AT.start.timestamp() + days * 86400
    assert interval_s(AT.start, datetime.fromtimestamp(end, UTC), least) == seconds
