"""Each number of the score and each window is a knob: turn it, and what the store counts changes."""

from datetime import UTC, datetime, timedelta

import pytest

from collector.friction import points
from collector.friction.classify_job import judge
from collector.metrics import score
from collector.metrics.funnel_report import define_journeys, funnel
from collector.metrics.period import Period
from collector.store import windows
from collector.store.queries import contacts as contact_queries
from collector.store.store import Contact
from tests.conftest import NOW
from tests.friction.test_classify_job import FAILED, RAGE, take, visit
from tests.friction.test_points import JOURNEYS

AT = datetime.fromtimestamp(NOW / 1000, UTC)
PERIOD = Period("shop", AT - timedelta(hours=2), AT + timedelta(hours=2))
HOURS = (AT.replace(minute=0, second=0) - timedelta(hours=2), AT.replace(minute=0, second=0) + timedelta(hours=6))
"""What is weighed."""

DEAD = {"kind": "dead_click", "target": "#menu"}
PAGE_ERROR = {"kind": "page_error", "error_source": "script"}

TURNED = {
    "SCORE_VERSION": 9,
    "SEVERITIES": {**score.SEVERITIES, "rage_click": 1},
    "WEIGHTS": {0: 0, 1: 1, 2: 3, 3: 5, 4: 10},
    "MOST_OF_A_KIND": 2,
    "FULL_LOAD": 20,
    "STRUGGLED": 1,
    "MOMENT_MS": 4_000,
    "FEWEST": 1_000,
    "LOW_CONFIDENCE": 50,
    "VISIT_HOURS": 0,
    "LINKED_HOURS": 2,
    "AGAIN_DAYS": 1,
}


@pytest.fixture
def journey(store, tmp_path):
    file = tmp_path / "journeys.yaml"
    file.write_text(JOURNEYS)
    (found,) = define_journeys(store, str(file))
    return found


@pytest.fixture
def planted(store, journey):
    """Visits and contacts of which each number decides something."""
    errors = [{**PAGE_ERROR, "error_message": f"no {i}", "after_ms": 1000 + 20_000 * i} for i in range(4)]
    apart = [{**DEAD, "after_ms": 1000}, {**DEAD, "after_ms": 8000}]
    many = [{**kind, "after_ms": 1000 + 20_000 * i} for i, kind in enumerate((RAGE, FAILED))]
    visits = [visit(*some, page="/cart") for some in (errors, apart, many) for _ in range(10)]
    agreed = visit(page="/cart", consent="full")
    long = [
        visit(page="/cart", ts=NOW, session=SESSION),
        visit(RAGE, page="/pay", ts=NOW + 3 * 3_600_000, session=SESSION),
        visit(page="/pay", ts=NOW + 3 * 3_600_000),
    ]
    take(store, *visits, agreed, *long, *(visit(page="/cart") for _ in range(10)))
    session = agreed["session_id"]
    store.add_contacts(
        [
            _contact("1", AT + timedelta(hours=3), session[:8]),
            _contact("2", AT + timedelta(hours=4)),
            _contact("3", AT + timedelta(days=3)),
        ]
    )
    return journey


SESSION = "5a7c8d8e-6c3c-4c57-9a07-0f9c0b7b5d11"


def _contact(number, at, session=""):
    return Contact("desk", number, 1, 0, at, "phone", "", session_ref=session, requester_key="a" * 32)


def counted(store, journey):
    """Return what commands and pages are made from."""
    judge(store, *HOURS, HOURS[1])
    loads = store.client.query(
        "SELECT start_ts, end_ts, load, score, score_version, hit, `moments.severity`, `moments.load` "
        "FROM snag_experience.friction_sessions FINAL ORDER BY ALL"
    ).result_rows
    steps = funnel(store, PERIOD, journey)["steps"]
    chains = contact_queries.chains(store, start=AT - timedelta(days=1), end=AT + timedelta(days=30))
    return repr((loads, points.scores(store, PERIOD), points.points(store, PERIOD), steps, chains))


def test_every_number_of_the_score_and_every_window_is_turned():
    numbers = {name for module in (score, windows) for name in vars(module) if name.isupper()}
    assert numbers - {"Z95"} == set(TURNED)


@pytest.mark.long
def test_a_number_that_is_turned_changes_what_is_counted(store, planted, monkeypatch):
    usual = counted(store, planted)
    assert counted(store, planted) == usual
    idle = []
    for name, value in TURNED.items():
        with monkeypatch.context() as turned:
            turned.setattr(score if hasattr(score, name) else windows, name, value)
            if counted(store, planted) == usual:
                idle.append(name)
    assert idle == []
    assert counted(store, planted) == usual
