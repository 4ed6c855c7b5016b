"""Nights on call, told with the metrics as they really move: what must alert, what must not, and for how long."""

import shutil

import pytest

from tests.alerts.stories import GROUPS, firing, firings, firings_of_severity, listed, steps, unit_test
from tests.alerts.test_rules import RULES, promtool

ONE: dict[str, float] = {"{}": 1}
NONE: dict[str, float] = {}


@pytest.fixture
def check(tmp_path):
    def run(series, checks, *, interval="1m", evaluation="1m", rules=tuple(GROUPS)):
        for file in RULES:
            shutil.copy(file, tmp_path)
        text = unit_test(series, checks, interval=interval, evaluation=evaluation, rules=rules)
        (tmp_path / "story.test.yaml").write_text(text)
        promtool("test", "rules", "story.test.yaml", cwd=tmp_path)

    return run


COLLECTOR = {
    'snag_build_info{job="snag-collector",pod="a",version="1"}': "1x120 stale",
    'snag_collector_beacons_total{result="accepted",pod="a"}': "0+20x120 stale",
}
DOWN = firing("SnagCollectorDown")


@pytest.mark.parametrize("up", ["1x120 0x1320", "1x120 stale"], ids=["it does not answer", "its pod is gone"])
def test_a_total_outage_pages_until_it_ends(check, up):
    series = COLLECTOR | {'up{job="snag-collector",pod="a"}': up}
    times = ("126m", "3h", "5h", "12h", "24h")
    checks = [(DOWN, "60m", NONE), *((DOWN, at, ONE) for at in times)]
    checks.append((firings("SnagCollectorDown", "20h"), "24h", {"{}": 1201}))  # at every evaluation: no gap
    check(series, checks, rules=["collector"])


def test_an_outage_resolves_when_collectors_are_back(check):
    series = {
        'snag_build_info{job="snag-collector",pod="a",version="1"}': "1x120 stale _x239 1x60",
        'up{job="snag-collector",pod="a"}': "1x120 0x239 1x60",
    }
    check(series, [(DOWN, "355m", ONE), (DOWN, "366m", NONE)], rules=["collector"])


def test_one_of_two_collectors_may_go(check):
    series = {
        f'{name}{{job="snag-collector",pod="{pod}"}}': values
        for name in ("snag_build_info", "up")
        for pod, values in (("a", "1x120 stale"), ("b", "1x600"))
    }
    check(series, [(firings("SnagCollectorDown", "10h"), "10h", NONE)], rules=["collector"])


def test_collectors_of_two_installations_are_told_apart(check):
    series = {}
    for place, values in (("x/one", "1x120 stale"), ("x/two", "1x600")):
        labels = f'{{installation="{place}",job="snag",pod="{place}-0"'
        series |= {f'snag_build_info{labels},component="collector"}}': values, f"up{labels}}}": values}
    check(series, [(firing("SnagCollectorDown", "installation"), "5h", {'{installation="x/one"}': 1})])


def test_a_runner_that_is_gone_is_reported_until_it_is_back(check):
    series = {'snag_journey_runs_total{journey="pay",location="north",status="passed",fault="none"}': "0+1x120 stale"}
    gone = firing("SnagRunnerMissing", "location")
    check(series, [(gone, at, {'{location="north"}': 1}) for at in ("140m", "5h", "12h")], rules=["journeys"])


def test_a_runner_may_move_to_another_pod(check):
    labels = 'journey="pay",location="north",status="passed",fault="none"'
    series = {
        f'snag_journey_runs_total{{{labels},pod="1"}}': "0+1x120 stale",
        f'snag_journey_runs_total{{{labels},pod="2"}}': "_x120 0+1x600",
    }
    check(series, [(firings("SnagRunnerMissing", "12h"), "12h", NONE)], rules=["journeys"])


WELL = {
    'snag_build_info{job="snag-collector",pod="c-0",version="1"}': "1x300",
    'up{job="snag-collector",pod="c-0"}': "1x300",
    'snag_collector_beacons_total{result="accepted",pod="c-0"}': "0+200x300",
}


@pytest.mark.parametrize("with_contacts", [True, False])
def test_jobs_that_are_gone_are_reported_until_they_are_back(check, with_contacts):
    series = WELL | {
        'snag_experience_sessions_total{app="shop",quality="good",pod="chores"}': "0+500x24 stale",
        'snag_experience_sessions_total{app="shop",quality="friction",pod="chores"}': "0+2x24 stale",
        'snag_build_info{job="snag/snag",pod="chores",version="1"}': "1x24 stale",
        'up{job="snag/snag",pod="chores"}': "1x24 stale",
    }
    if with_contacts:
        series |= {
            'snag_correlation_last_success_timestamp_seconds{pod="chores"}': "0+300x24 stale",
            'snag_contacts_last_received_timestamp_seconds{source="desk",pod="chores"}': "0+300x24 stale",
        }
        alert = firing("SnagCorrelationStale")
    else:
        series |= {'snag_store_chore_last_success_timestamp_seconds{chore="rollups",pod="chores"}': "0+300x24 stale"}
        alert = firing("SnagJobsStopped")
    checks = [(firing(".*"), "2h", NONE), *((alert, at, ONE) for at in ("170m", "5h", "8h", "24h"))]
    check(series, checks, interval="5m", evaluation="5m")


def passed(every_min, hours=4, missing=(120,)):
    """A counter of runs that passed, one every so many minutes but for those at `missing`."""
    count, values = 0, []
    for minute in range(hours * 60 + 1):
        if minute and minute % every_min == 0 and minute not in missing:
            count += 1
        values.append(count)
    return listed(values)


@pytest.mark.parametrize(("every_min", "locations"), [(5, "a"), (10, "a"), (5, "ab"), (5, "abc"), (15, "a"), (60, "a")])
@pytest.mark.parametrize("before", ["1x119 2x120", "0x119 1x120", "_x120 1x120"], ids=["again", "counted", "absent"])
def test_one_failed_run_pages_nobody(check, every_min, locations, before):
    series = {}
    for location in locations:
        here = f'journey="pay",location="{location}"'
        series |= {
            f'snag_journey_runs_total{{{here},status="passed",fault="none"}}': passed(every_min),
            f'snag_journey_runs_total{{{here},status="failed",fault="technical"}}': before,
            f"snag_journey_consecutive_failures{{{here}}}": f"0x119 1x{every_min - 1} 0x115",
        }
    check(series, [(firings_of_severity("page", "4h"), "4h", NONE)], rules=["journeys"])


def test_three_failures_in_a_row_page_once(check):
    here = 'journey="pay",location="a"'
    series = {
        f'snag_journey_runs_total{{{here},status="passed",fault="none"}}': passed(5, missing=(120, 125, 130)),
        f'snag_journey_runs_total{{{here},status="failed",fault="technical"}}': "0x119 1x4 2x4 3x110",
        f"snag_journey_consecutive_failures{{{here}}}": "0x119 1x4 2x4 3x4 0x110",
    }
    checks = [
        (firing("SnagJourneyFailing"), "132m", ONE),
        (firings("SnagJourneyBudgetBurn(Fast|Steady)", "4h"), "4h", NONE),
    ]
    check(series, checks)


def test_one_run_in_four_failing_for_two_hours_burns_the_budget(check):
    failures = tuple(range(120, 240, 20))
    bad = listed([sum(1 for at in failures if at <= minute) for minute in range(241)])
    here = 'journey="pay",location="a"'
    series = {
        f'snag_journey_runs_total{{{here},status="passed",fault="none"}}': passed(5, missing=failures),
        f'snag_journey_runs_total{{{here},status="failed",fault="technical"}}': bad,
    }
    before, after = firings("SnagJourneyBudgetBurn.*", "2h"), firing("SnagJourneyBudgetBurnFast")
    check(series, [(before, "119m", NONE), (after, "230m", ONE)])


def test_a_site_that_fails_every_run_pages_without_a_gap(check):
    here = 'journey="pay",location="a"'
    series = {
        f"snag_journey_consecutive_failures{{{here}}}": "0x59 " + steps([5] * 36, 1, 1),
        f'snag_journey_runs_total{{{here},status="passed",fault="none"}}': steps([5] * 12, 1) + " 12x180",
        f'snag_journey_runs_total{{{here},status="failed",fault="technical"}}': "0x59 " + steps([5] * 36, 1, 1),
    }
    pages = firings_of_severity("page", "2h")
    check(series, [(firing("SnagJourneyFailing"), "71m", ONE), (pages, "191m", {"{}": 121})])


STEADY = [10] * 24
LATE = [10, 11, 9, 10, 12, 8, 10, 10, 11, 9, 12, 8] * 2


@pytest.mark.parametrize(
    ("interval", "every"),
    [("30s", STEADY), ("30s", LATE), ("1m", [5] * 24), ("1m", [5, 6, 4] * 8)],
    ids=["steps", "late steps", "scraped each minute", "late steps each minute"],
)
def test_a_steady_experience_incident_pages_once_and_ends_soon(check, interval, every):
    """Two quiet hours, two in which a fifth of the visits is held up, two quiet ones."""
    bad = steps(every, 0) + " " + steps(every, 100) + " " + steps(every, 0, 2400)
    series = {
        'snag_experience_sessions_total{app="shop",quality="good"}': steps(every * 3, 400),
        'snag_experience_sessions_total{app="shop",quality="friction"}': bad,
    }
    fast = "SnagExperienceBudgetBurnFast"
    checks = [
        (firing(fast), "119m", NONE),
        (firings(fast, "55m"), "239m", {"{}": 56}),  # at every evaluation
        (firing(fast), "262m", NONE),
        (firings("SnagExperienceBudgetBurnSteady", "6h"), "6h", NONE),
    ]
    check(series, checks, interval=interval, rules=["experience"])


@pytest.mark.parametrize(
    ("metric", "label", "alert"),
    [
        ("snag_collector_events_dropped_total", 'reason="shed",pod="a"', "SnagEventsDropped"),
        ("snag_runner_beacons_dropped_total", 'reason="full"', "SnagRunnerDropsResults"),
        ("snag_store_chore_errors_total", 'chore="verdicts"', "SnagChoreFails"),
    ],
)
@pytest.mark.parametrize("values", ["_x60 500x60", "0x59 500x60"], ids=["absent before", "0 before"])
def test_the_first_loss_is_seen(check, metric, label, alert, values):
    series = {f"{metric}{{{label}}}": values, 'snag_collector_beacons_total{result="accepted",pod="a"}': "0+20x120"}
    at = "72m" if alert == "SnagChoreFails" else "63m"
    check(series, [(firing(alert), at, ONE)])


def test_sampling_and_losses_before_prometheus_was_there_are_no_loss(check):
    series = {
        'snag_collector_events_dropped_total{reason="sampled",pod="a"}': "_x60 500x60",
        'snag_collector_events_dropped_total{reason="shed",pod="a"}': "500x120",
        'snag_collector_beacons_total{result="accepted",pod="a"}': "7000+20x120",
    }
    check(series, [(firings("SnagEventsDropped", "2h"), "2h", NONE)])


RECEIVED = 'snag_contacts_last_received_timestamp_seconds{source="desk",pod="chores"}'
POLLED = 'snag_contacts_last_pull_timestamp_seconds{source="desk",pod="chores"}'
EVERY = 'snag_contacts_pull_interval_seconds{source="desk",pod="chores"}'
STALE = "SnagContactsStale"


def test_a_desk_that_closes_at_night_gets_no_ticket(check):
    series = {RECEIVED: "0+300x120 36000x166 86400+300x120", POLLED: "0+300x408", EVERY: "300x408"}
    check(series, [(firings(STALE, "34h"), "34h", NONE)], interval="5m", evaluation="5m")


def test_a_poll_that_fails_gets_a_ticket_within_the_hour(check):
    series = {RECEIVED: "0+300x120 36000x300", POLLED: "0+300x144 43200x200", EVERY: "300x400"}
    check(
        series,
        [(firing(STALE), "12h", NONE), (firing(STALE), "13h", ONE), (firing(STALE), "24h", ONE)],
        interval="5m",
        evaluation="5m",
    )


def test_a_weekend_without_contacts_gets_no_ticket(check):
    series = {RECEIVED: "0+300x96 28800x700", POLLED: "0+300x796", EVERY: "300x796"}
    check(series, [(firings(STALE, "60h"), "60h", NONE)], interval="5m", evaluation="15m", rules=["support"])


def received(silent_from_h, hours):
    """A webhook that delivers from 8 to 18 o'clock on every day, until it breaks."""
    last, values = 0, []
    for sample in range(hours * 12):
        hour = sample / 12
        if 8 <= hour % 24 < 18 and hour < silent_from_h:
            last = sample * 300
        values.append(last)
    return listed(values)


def test_a_webhook_that_breaks_gets_a_ticket_and_its_nights_do_not(check):
    series = {RECEIVED: received(7 * 24 + 10, 8 * 24 + 12)}
    checks = [
        (firings(STALE, "7d"), "7d", NONE),
        (firing(STALE), f"{7 * 24 + 17}h", ONE),
    ]
    check(series, checks, interval="5m", evaluation="15m", rules=["support"])


def test_a_site_that_falls_silent_beside_another_gets_a_ticket(check):
    week = 7 * 24 * 12
    series = {
        'snag_experience_sessions_total{app="shop",quality="good"}': f"0+100x{week} {week * 100}x36",
        'snag_experience_sessions_total{app="blog",quality="good"}': f"0+100x{week + 36}",
    }
    silent = firing("SnagSiteSilent", "app")
    check(
        series,
        [(silent, "168h", NONE), (silent, "170h", {'{app="shop"}': 1})],
        interval="5m",
        evaluation="10m",
        rules=["collector"],
    )


def test_a_volume_that_fills_up_gets_a_ticket_then_a_page(check):
    labels = '{instance="a"}'
    series = {
        f"snag_collector_volume_size_bytes{labels}": "1000x600",
        f"snag_collector_volume_free_bytes{labels}": "600-2x290 20x200",
    }
    checks = [
        (firings("SnagVolume.*", "3h"), "3h", NONE),
        (firing("SnagVolumeFilling"), "290m", ONE),
        (firing("SnagVolumeFull"), "294m", ONE),
    ]
    check(series, checks)


def test_a_volume_that_is_well_filled_and_does_not_grow_is_silent(check):
    series = {'snag_collector_volume_size_bytes{instance="a"}': "1000x600",
              'snag_collector_volume_free_bytes{instance="a"}': "120x600"}  # fmt: skip
    check(series, [(firings("SnagVolume.*", "9h"), "9h", NONE)])


def test_slow_intake_gets_a_ticket(check):
    name = "snag_collector_request_duration_seconds"
    series = {f'{name}_bucket{{le="1.0"}}': "0+90x120", f'{name}_bucket{{le="2.5"}}': "0+100x120",
              f'{name}_bucket{{le="+Inf"}}': "0+100x120", f"{name}_count": "0+100x120"}  # fmt: skip
    check(series, [(firing("SnagIntakeSlow"), "60m", ONE)])


def test_a_journey_that_the_monitor_always_spoils_gets_a_ticket_beside_five_that_run(check):
    series = {
        f'snag_journey_runs_total{{journey="{i}",location="a",status="passed",fault="none"}}': "0+0.2x240"
        for i in range(5)
    } | {
        'snag_journey_runs_total{journey="pay",location="a",status="error",fault="monitor"}': "0+0.2x240",
        'snag_journey_runs_total{journey="pay",location="a",status="passed",fault="none"}': "0x240",
    }
    check(series, [(firing("SnagJourneyErrs", "journey"), "3h", {'{journey="pay"}': 1})])
