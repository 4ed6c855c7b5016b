"""How far a time can be judged: never past what is in, and never by a source that has stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from collector.surges.find import ContactsMissing, NoSite, chosen_app, judged_through

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_nothing_is_judged_past_what_is_in():
    through, stale = judged_through({"desk": NOW - HOUR, "chat": NOW - 2 * HOUR}, NOW - 24 * HOUR, NOW)
    assert (through, stale) == (NOW - 2 * HOUR, ())


def test_a_source_that_stopped_silences_nobody():
    through, stale = judged_through({"october": NOW - 500 * HOUR, "desk": NOW}, NOW - 24 * HOUR, NOW)
    assert (through, stale) == (NOW, ("october",))


def test_a_time_that_nobody_has_contacts_for_is_not_called_calm():
    with pytest.raises(
        ContactsMissing, match="cannot say: contacts are in only through 2026-10-23 12:00 UTC; import newer"
    ):
        judged_through({"desk": NOW - timedelta(days=30)}, NOW - 24 * HOUR, NOW)


def test_without_any_contacts_it_says_how_to_get_them():
    with pytest.raises(ContactsMissing, match="no contacts are known: import some first, with `snag contacts import`"):
        judged_through({}, NOW - HOUR, NOW)


class Sites:
    """A store that knows these sites."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    def apps(self) -> list[str]:
        return self.names


def test_an_unknown_site_is_answered_with_those_that_there_are():
    assert chosen_app(Sites("shop", "blog"), "blog") == "blog"
    assert chosen_app(Sites("shop"), "") == "shop"
    with pytest.raises(NoSite, match="unknown site 'shpo'; expected one of shop, blog"):
        chosen_app(Sites("shop", "blog"), "shpo")
    assert chosen_app(Sites(), "shop") == "shop", "before the first visit no name is wrong"
