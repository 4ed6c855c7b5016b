"""Pages, the command, metrics and notifications tell the same of the same moment, and never a false all-clear."""

import re
from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest

from collector.correlate import NotEnoughData
from collector.server.store_metrics import show
from collector.settings import Settings
from collector.store.notifying import to_tell
from collector.surges.answer import of_found
from collector.surges.find import ContactsMissing, find
from collector.surges.history import judge
from collector.telemetry import Shown
from collector.web import surge
from collector.web.scope import read_scope
from tests.conftest import emptied
from tests.surges.test_history import BEGAN, END, a_shop_with_a_broken_button

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

MOMENTS = [
    # when it is asked, how far behind the contacts are, and the answers that would be true
    (END - 19 * DAY - timedelta(hours=18), 5 * MINUTE, {"cannot_say"}),  # two days of history
    (BEGAN - 6 * DAY, 5 * MINUTE, {"as_usual"}),
    (BEGAN - timedelta(hours=4), 5 * MINUTE, {"as_usual"}),
    (BEGAN + timedelta(hours=2), timedelta(hours=3), {"cannot_say"}),  # the contacts of the surge are not in
    (BEGAN + timedelta(hours=2), 5 * MINUTE, {"surge"}),
    (END, 5 * MINUTE, {"surge"}),
    (END + timedelta(hours=2), timedelta(hours=2), {"surge", "cannot_say"}),
]


@pytest.mark.long
def test_everything_tells_the_same_at_every_moment(planted):
    store, _ = planted
    emptied(store)
    a_shop_with_a_broken_button(store, np.random.default_rng(5))
    settings = Settings(time_zone="UTC", app="shop")
    shown = Shown()
    for now, behind, true in MOMENTS:
        store.set_watermark("desk", now - behind)
        with suppress(NotEnoughData, ContactsMissing):
            judge(store, app="shop", now=now, time_zone="UTC")
        page = surge.load(read_scope(store, settings, {"since": "24h"}, now))
        # Where a surge is shown, the answer beside it is about the time since then.
        assert ("surge" if page["articles"] else page["answer"]["state"]) in true, now
        assert metric(store, shown, now) in true, now
        assert command(store, now) in true, now
        words = page["answer"]["words"]
        assert ("as usual" in words) == (page["answer"]["state"] == "as_usual"), words
        assert bool(page["charts"]) == (page["answer"]["state"] == "as_usual" and not page["articles"])
        assert bool(to_tell(store, now - DAY)) == bool(page["articles"]), "notified if and only if the page shows it"
        if true == {"cannot_say"}:
            assert re.search(r"days|contacts are complete only through", words), "it is said what is missing"


def metric(store, shown, now) -> str:
    show(store, shown, now)
    family = next(one for one in shown.collect() if one.name == "snag_correlation_answer")
    (answer,) = (one.labels["answer"] for one in family.samples if one.value and one.labels["app"] == "shop")
    return answer


def command(store, now) -> str:
    """What `snag contacts why` finds: it evaluates anew."""
    try:
        return of_found(find(store, app="shop", since=now - DAY, until=now, time_zone="UTC")).state
    except (NotEnoughData, ContactsMissing):
        return "cannot_say"
