"""What changes the store under the pages: late visits, and a store without any."""

from datetime import timedelta

from collector.friction import points_from_sums
from collector.friction.classify_job import refresh
from collector.metrics.period import Period
from collector.metrics.score import scoring
from collector.settings import Settings
from collector.store import page_sums
from tests.conftest import emptied
from tests.friction.test_classify_job import RAGE, take, visit
from tests.web.planted import END
from tests.web.site import served
from tests.web.test_pages import text_of


def test_sums_follow_late_visits_and_stay_when_nothing_came(store, settings):
    assert page_sums.refresh(store) == 0
    assert page_sums.refresh_funnels(store, scoring()) == 0
    before = points_from_sums.sums(store, Period("shop", END - timedelta(days=3), END))[""].visits
    take(store, *(visit(RAGE, release="2") for _ in range(3)))
    refresh(store)
    assert page_sums.refresh(store) > 0
    period = Period("shop", END - timedelta(days=3), END)
    assert points_from_sums.sums(store, period)[""].visits == before + 3
    assert points_from_sums.points(store, period) != []


async def test_an_empty_store_says_how_to_fill_it(dsn, store, tmp_path):
    emptied(store)
    async with served(dsn, Settings(data_dir=str(tmp_path))) as url:
        status, text, _ = await text_of(f"{url}/surges")
    assert status == 200
    assert "The store holds no page views yet." in text
