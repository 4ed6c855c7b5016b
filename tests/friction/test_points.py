"""Score, contributions, friction points, overrides and funnels, from events on the real store."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from collector.friction import points
from collector.friction.classify_job import refresh
from collector.friction.points import NoPoint, Override
from collector.metrics.funnel_report import define_journeys, funnel
from collector.metrics.period import Period
from collector.store.store import Contact
from tests.conftest import NOW, event
from tests.friction.test_classify_job import FAILED, RAGE, THROWN, take, visit

START = datetime.fromtimestamp(NOW / 1000, UTC) - timedelta(hours=2)
PERIOD = Period("shop", START, START + timedelta(hours=6))


def load(kind: str) -> float:
    return {"rage_click": 6, "page_error": 1, "failed_action": 6, "dead_click": 3}[kind]


def scored(store, *visits):
    take(store, *visits)
    refresh(store)
    return points.scores(store, PERIOD)[""]


def test_the_score_is_the_mean_over_all_visits_calm_ones_included(store):
    found = scored(store, *(visit(RAGE) for _ in range(10)), *(visit() for _ in range(40)))
    assert found.score.value == pytest.approx(60 * 10 / 50)
    assert found.rate.value == pytest.approx(0.2)
    assert found.score.visits == 50
    assert found.score_version == 1


def test_events_on_one_target_within_ten_seconds_are_one_moment_and_the_worst_leads(store):
    dead = {"kind": "dead_click", "target": "#pay"}
    burst = [{**dead, "after_ms": 1000}, {**RAGE, "after_ms": 2500}, {**dead, "after_ms": 9000}]
    scored(store, visit(*burst, {**dead, "after_ms": 30_000}), *(visit() for _ in range(29)))
    (kinds, loads) = store.client.query(
        "SELECT `moments.kind`, `moments.load` FROM snag_experience.friction_sessions FINAL WHERE load > 0"
    ).result_rows[0]
    assert (list(kinds), list(loads)) == (["rage_click", "dead_click"], [6, 3])


def test_at_most_three_moments_of_a_kind_and_page_count_and_a_score_ends_at_a_hundred(store):
    five = [
        {
            "kind": "page_error",
            "after_ms": 1000 + 20_000 * i,
            "error_message": str(i),
            "error_source": "script",
        }
        for i in range(5)
    ]
    rages = [{**RAGE, "after_ms": 1000 + 20_000 * i} for i in range(3)]
    scored(store, visit(*five), visit(*rages, page="/cart"), *(visit() for _ in range(30)))
    rows = store.client.query(
        "SELECT load, score FROM snag_experience.friction_sessions FINAL WHERE load > 0 ORDER BY load"
    ).result_rows
    assert list(rows) == [(3.0, 30.0), (18.0, 100.0)]


def test_who_left_or_could_not_go_on_is_blocked_whatever_the_kind(store):
    scored(store, visit({"kind": "dead_click", "target": "#x", "blocked": True}), *(visit() for _ in range(30)))
    assert points.points(store, PERIOD)[0]["severity"] == 4


def test_contributions_sum_to_the_score_in_every_dimension(store):
    visits = [
        visit(
            RAGE,
            {**THROWN, "after_ms": 40_000},
            {**FAILED, "status": 500, "after_ms": 80_000},
            page=page,
            device=device,
        )
        for page in ("/pay", "/cart")
        for device in ("phone", "desktop")
        for _ in range(5)
    ]
    found = scored(
        store, *visits, *(visit({**RAGE, "target": "#menu"}) for _ in range(7)), *(visit() for _ in range(30))
    )
    for parts in points.contributions(store, PERIOD).values():
        assert sum(parts.values()) == pytest.approx(found.score.value)
    share = points.contributions(store, PERIOD)["class"]
    assert set(share) == {"usability", "technical_issue"}


def test_the_visitors_own_network_and_programs_stay_out_of_the_score(store):
    found = scored(
        store,
        *(visit({**FAILED, "status": 0, "offline": True}) for _ in range(10)),
        *(visit() for _ in range(30)),
    )
    assert found.score.value == 0
    assert points.points(store, PERIOD)[0]["cause_sub"] == "client_network"


def test_segments_and_sample_rates_are_told_apart(store):
    take(
        store,
        *(visit(RAGE, device="phone", sample_rate=0.5) for _ in range(30)),
        *(visit(device="desktop") for _ in range(60)),
    )
    refresh(store)
    by = points.scores(store, PERIOD, "device")
    assert by["phone"].score.value == pytest.approx(60)
    assert by["desktop"].score.value == 0
    assert points.scores(store, PERIOD)[""].score.value == pytest.approx(30)


def test_personalisation_and_customisation_are_two_dimensions(store):
    from tests.conftest import beacon

    def view(**fields):
        return event("page_view", view_id=str(uuid.uuid4()), client_ts=NOW, **fields)

    take(
        store,
        *(beacon(view(variant="b", user_setting="compact")) for _ in range(30)),
        *(beacon(view(variant="a")) for _ in range(30)),
    )
    refresh(store)
    assert set(points.scores(store, PERIOD, "variant")) == {"a", "b"}
    assert set(points.scores(store, PERIOD, "user_setting")) == {"", "compact"}


def test_a_session_over_the_hour_is_one_visit(store):
    hour = NOW - NOW % 3_600_000 + 3_600_000
    session = str(uuid.uuid4())
    take(store, visit(RAGE, ts=hour - 60_000, session=session))
    refresh(store)
    take(store, visit({**RAGE, "target": "#other"}, ts=hour + 60_000, session=session))
    refresh(store)
    rows = store.client.query("SELECT load FROM snag_experience.friction_sessions FINAL").result_rows
    assert list(rows) == [(12.0,)]


def test_an_override_holds_at_once_until_it_ends_or_is_taken_back(store):
    scored(store, *(visit(RAGE) for _ in range(5)), *(visit() for _ in range(30)))
    (point,) = points.points(store, PERIOD)
    assert (point["cause_class"], point["cause_rule"]) == ("usability", "R8")
    now = datetime.now(UTC)
    said = Override(point["fingerprint"], "technical_issue", "js_error", "Ada", "ticket 12", now + timedelta(days=1))
    points.override(store, "shop", said, now)
    (point,) = points.points(store, PERIOD)
    assert (point["cause_class"], point["cause_rule"]) == ("technical_issue", "override")
    assert points.contributions(store, PERIOD)["class"].keys() == {"technical_issue"}
    for view in ("friction_events_with_cause", "friction_moments"):
        rows = store.client.query(f"SELECT DISTINCT cause_class, cause_rule FROM snag_experience.{view}").result_rows
        assert list(rows) == [("technical_issue", "override")]
    points.take_back(store, "shop", point["fingerprint"], "Ada", now + timedelta(seconds=1))
    assert points.points(store, PERIOD)[0]["cause_class"] == "usability"
    assert points.overrides(store, "shop") == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cause_class": "blame"}, "'blame' is not a class: usability, technical_issue"),
        ({"cause_sub": "slip"}, "'slip' is not a subtype of technical_issue: js_error"),
        ({"who": " "}, "an override says who decided and why: neither may be empty"),
        ({"until": START}, "is over already; give a time to come"),
        ({"fingerprint": "xyz"}, "'xyz' is not a fingerprint; expected 16 hexadecimal digits"),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_what_would_be_right(store, change, message):
    now = datetime.now(UTC)
    good = Override("0" * 16, "technical_issue", "js_error", "Ada", "because", now + timedelta(days=1))
    with pytest.raises(NoPoint, match=message.replace("(", r"\(")):
        points.override(store, "shop", good._replace(**change), now)


def test_a_point_is_shown_with_who_is_affected_and_what_they_did(store):
    visits = [
        visit({**THROWN, "after_ms": 900}, RAGE, device="phone", release=r) for r in ("1.0", "1.1") for _ in range(3)
    ]
    scored(store, *visits, *(visit(device="desktop", release="1.1") for _ in range(30)))
    point = next(one for one in points.points(store, PERIOD) if one["kind"] == "rage_click")
    fingerprint = points.read(point["fingerprint"])
    detail = points.explained(store, PERIOD, [fingerprint])[point["fingerprint"]]
    assert (detail["cause_rule"], detail["releases"]) == ("R3", ["1.0", "1.1"])
    affected = {
        (s["dimension"], s["value"]): (s["met"], s["sessions"]) for s in points.segments(store, PERIOD, fingerprint)
    }
    assert affected["device", "phone"] == (6, 6)
    assert affected["release", "1.1"] == (3, 33)
    examples = points.examples(store, PERIOD, fingerprint)
    assert len(examples) == 3
    assert [step["kind"] for step in examples[0]["sequence"]] == ["page_view", "page_error", "rage_click"]


def test_releases_are_compared_with_a_verdict(store):
    scored(
        store,
        *(visit(RAGE, release="1") for _ in range(40)),
        *(visit(release="1") for _ in range(40)),
        *(visit(RAGE, release="2") for _ in range(4)),
        *(visit(release="2") for _ in range(76)),
    )
    found = points.compared(store, PERIOD, "1", "2")
    assert found.verdict == "better"
    assert found.score.value == pytest.approx(-27)
    with pytest.raises(NoPoint, match="no visits of the release '3' in this time; there are 1, 2"):
        points.compared(store, PERIOD, "1", "3")


JOURNEYS = """
journeys:
  checkout:
    value: 10
    currency: EUR
    steps:
      - {name: cart, pages: /cart}
      - {name: pay, pages: [/pay, /pay/*]}
      - {name: thanks, pages: /thanks}
"""


def buy(*pages, rage=False):
    """A visit of these pages, a minute between them."""
    session = str(uuid.uuid4())
    return [
        visit(
            *([RAGE] if rage and page.startswith("/pay") else []),
            page=page,
            ts=NOW + 60_000 * i,
            session=session,
        )
        for i, page in enumerate(pages)
    ]


def test_a_funnel_counts_steps_in_their_order_with_time_friction_contacts_and_losses(store, tmp_path):
    file = tmp_path / "journeys.yaml"
    file.write_text(JOURNEYS)
    (journey,) = define_journeys(store, str(file))
    beacons = []
    for _ in range(40):
        beacons += buy("/cart", "/pay/card", "/thanks")
    for _ in range(40):
        beacons += buy("/cart", "/pay", rage=True)
    for _ in range(20):
        beacons += buy("/cart")
    for _ in range(5):
        beacons += buy("/thanks")  # not from the beginning: no visit of the journey
    agreed = [visit(page="/cart", ts=NOW, consent="full") for _ in range(30)]
    take(store, *beacons, *agreed)
    refresh(store)
    made = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(hours=1)
    store.add_contacts(
        [
            Contact("desk", str(i), 1, 0, made, "phone", "", "", "", "", "", one["session_id"][:8])
            for i, one in enumerate(agreed[:3])
        ]
    )
    found = funnel(store, PERIOD, journey)
    assert [(s["step"], s["entered"], s["done"], s["abandoned"]) for s in found["steps"]] == [
        ("cart", 130, 80, 50),
        ("pay", 80, 40, 40),
        ("thanks", 40, 40, 0),
    ]
    cart, pay, _ = found["steps"]
    assert (cart["median_s"], cart["p95_s"]) == (60, 60)
    assert (cart["friction_score"], pay["friction_score"]) == (0, pytest.approx(30))
    assert (cart["linkable_sessions"], cart["linked_contacts"], cart["contacts_per_1000"]) == (30, 3, 100)
    (cost,) = found["lost_completions"]
    assert (cost["step"], cost["kind"], cost["completions"], cost["value_at_risk"]) == (
        "pay",
        "rage_click",
        40,
        400,
    )


def test_a_synthetic_run_goes_through_the_same_steps(store, tmp_path):
    file = tmp_path / "journeys.yaml"
    file.write_text(JOURNEYS)
    (journey,) = define_journeys(store, str(file))
    from tests.conftest import beacon

    runs = [
        beacon(
            *(
                event("journey_step", journey="checkout", step=step, step_index=i, step_status=status, duration_ms=1000)
                for i, (step, status) in enumerate([("cart", "ok"), ("pay", last)])
            ),
            traffic_source="synthetic",
            run_id=str(uuid.uuid4()),
        )
        for last in ("ok", "ok", "failed")
    ]
    take(store, *runs)
    found = funnel(store, PERIOD, journey)
    assert [(s["step"], s["entered"], s["done"]) for s in found["synthetic"]] == [
        ("cart", 3, 3),
        ("pay", 3, 2),
    ]
    assert [s["entered"] for s in found["steps"]] == [0, 0, 0]


def test_no_performance_enters_the_score(store, root):
    """Neither a table that it is made from nor a query that makes it knows of vitals, timings or infrastructure."""
    made_of = ("friction_sessions", "friction_causes", "event_causes", "cause_overrides")
    rows = store.client.query(
        "SELECT table, name FROM system.columns WHERE database = 'snag_experience' AND table IN {t:Array(String)}",
        parameters={"t": list(made_of)},
    ).result_rows
    assert {row[0] for row in rows} == set(made_of)
    forbidden = ("vital", "ttfb", "lcp", "inp_", "cls", "5xx", "duration", "metric")
    assert not [row for row in rows if any(word in row[1] for word in forbidden)]
    queries = root / "collector/store/queries"
    for name in (
        "friction/sum_sessions",
        "scores/by_segment",
        "scores/contributions",
        "friction/points",
        "funnels/steps",
        "funnels/points",
    ):
        text = (queries / f"{name}.sql").read_text(encoding="utf-8")
        assert "snag_performance" not in text
        assert "duration_ms" not in text
    both = [
        file.name
        for file in queries.rglob("*.sql")
        if "snag_performance" in (text := file.read_text(encoding="utf-8")) and "snag_experience" in text
    ]
    assert both == []
    views = (root / "collector/store/schema/migrations/0021_cause_views.sql").read_text(encoding="utf-8")
    assert "snag_performance" not in views
