"""Times as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.times import BadTime, moment, since, zone

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "tz", "utc"),
    [
        ("2026-11-21T14:05:00+01:00", None, "2026-11-21T13:05:00+00:00"),
        ("2026-11-21T13:05:00Z", None, "2026-11-21T13:05:00+00:00"),
        ("2026-11-21 14:05", BERLIN, "2026-11-21T13:05:00+00:00"),
        ("1795266300", None, "2026-11-21T13:05:00+00:00"),
        ("1795266300000", None, "2026-11-21T13:05:00+00:00"),
        ("2026-10-25 02:30", BERLIN, "2026-10-25T00:30:00+00:00"),  # shown twice: the first is meant
    ],
)
def test_a_time_is_understood(text, tz, utc):
    assert moment(text, tz).isoformat() == utc


@pytest.mark.parametrize(
    ("text", "tz", "message"),
    [
        ("2026-11-21 14:05", None,
         "'2026-11-21 14:05' has no time zone; write it with an offset, or say which one with --tz Europe/Berlin"),
        ("2026-03-29 02:30", BERLIN,
         "'2026-03-29 02:30' does not exist in Europe/Berlin: the clocks were put forward over it"),
        ("yesterday", BERLIN, "'yesterday' is not a valid time; expected 2026-11-21T14:05:00+01:00 or seconds since 1970"),
    ],
)  # fmt: skip
def test_a_time_that_means_nothing_is_refused_with_the_reason(text, tz, message):
    with pytest.raises(BadTime) as error:
        moment(text, tz)
    assert str(error.value) == message


def test_a_time_ago_counts_from_now():
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert since("7d", now, BERLIN) == datetime(2026, 11, 14, tzinfo=UTC)
    assert since("2026-11-20T00:00", now, BERLIN) == datetime(2026, 11, 19, 23, tzinfo=UTC)
    with pytest.raises(BadTime, match="'7 days' is not a valid time; expected 90m, 24h, 7d or"):
        since("7 days", now, BERLIN)


def test_a_zone_that_is_none_is_named():
    with pytest.raises(BadTime, match="'Berlin' is not a time zone; expected for example Europe/Berlin"):
        zone("Berlin")
