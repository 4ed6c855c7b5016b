"""What `analyse` takes, refuses and leaves unsaid."""

import json
import warnings

import numpy as np
import pytest

from collector.correlate import NotEnoughData, analyse, as_dict
from tests.correlate.small_shop import small_shop

START = 1_700_000_000 // 86400 * 86400


def plain(days: int, *, contacts_per_bin: float = 1.0, seed: int = 0):
    rng = np.random.default_rng(seed)
    bins = days * 288
    return (
        {"/pay|rage_click": rng.poisson(0.5, bins), "/pay|dead_click": rng.poisson(0.5, bins)},
        {"ttfb_p75_ms": rng.lognormal(5, 0.1, bins)},
        {"start": START, "step": 300, "sessions": rng.poisson(50, bins)},
        {"channels": {"phone": rng.poisson(contacts_per_bin, bins)}, "topics": {}},
    )


def with_surge(days: int = 14, *, extra: float = 10.0):
    friction, performance, traffic, contacts = plain(days)
    phone = contacts["channels"]["phone"].astype(float)
    phone[1900:1924] += extra
    contacts["channels"]["phone"] = phone
    return friction, performance, traffic, contacts


def test_one_day_is_not_enough():
    with pytest.raises(NotEnoughData) as error:
        analyse(*plain(1))
    assert str(error.value) == "1.0 days of history; 3 days are the least, four weeks are good"


def test_hardly_any_contacts_are_not_enough():
    with pytest.raises(NotEnoughData) as error:
        analyse(*plain(7, contacts_per_bin=0.0))
    assert str(error.value) == "0 contacts in the whole history; 20 are the least"


def test_no_channel_is_not_enough():
    friction, performance, traffic, _ = plain(7)
    with pytest.raises(NotEnoughData) as error:
        analyse(friction, performance, traffic, {})
    assert str(error.value) == (
        "no contacts are known; at least three days of counts from one channel are needed: import contacts first"
    )


def test_a_series_of_the_wrong_length_is_named():
    friction, performance, traffic, contacts = plain(7)
    friction["/pay|rage_click"] = friction["/pay|rage_click"][:-1]
    with pytest.raises(ValueError, match="has shape") as error:
        analyse(friction, performance, traffic, contacts)
    assert str(error.value) == (
        "friction['/pay|rage_click'] has shape (2015,); like traffic['sessions'] it must be (2016,)"
    )


def test_a_step_that_does_not_divide_an_hour_is_refused():
    friction, performance, traffic, contacts = plain(7)
    with pytest.raises(ValueError, match="an hour must be a whole number of bins"):
        analyse(friction, performance, {**traffic, "step": 700}, contacts)


def test_an_unknown_watermark_is_refused():
    with pytest.raises(ValueError, match="complete_through names 'calls'"):
        analyse(*plain(7), complete_through={"calls": START})


def refusal(*inputs, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r".") as error:
            analyse(*inputs, **options)
    assert type(error.value) is ValueError
    return str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"annotations": [{"start": START, "kind": "release"}, {"kind": "release", "title": "4.2"}]},
            "annotations[1] (4.2) has no 'start'; it needs the epoch seconds at which it began",
        ),
        (
            {"annotations": [{"start": "Monday", "kind": "release"}]},
            "annotations[0] (release) 'start' is 'Monday'; epoch seconds are needed, such as 1700000000",
        ),
        (
            {"timezone": "Mars"},
            "timezone is 'Mars', which is not an IANA time zone known here; expected 'Europe/Berlin', or 'UTC'",
        ),
        (
            {"complete_through": float("nan")},
            "complete_through is nan; epoch seconds are needed, such as 1700000000",
        ),
        (
            {"complete_through": {"friction": float("inf")}},
            "complete_through['friction'] is inf; epoch seconds are needed, such as 1700000000",
        ),
    ],
)
def test_an_option_that_cannot_be_right_is_refused_with_what_would_be(options, message):
    assert refusal(*plain(7), **options) == message


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (None, "is None, not one number per bin; a series that is not known is left out"),
        (3.5, "is 3.5, not one number per bin; a series that is not known is left out"),
    ],
)
def test_a_series_that_is_none_is_refused_by_name(series, message):
    friction, _, traffic, contacts = plain(7)
    said = refusal(friction, {"ttfb_p75_ms": series}, traffic, contacts)
    assert said == f"performance['ttfb_p75_ms'] {message}"
    said = refusal(friction, {}, {"start": START, "step": 300}, {"channels": {"phone": series}})
    assert said == f"contacts.channels['phone'] {message}"


def test_a_series_of_words_is_refused_by_name():
    friction, _, traffic, contacts = plain(7)
    said = refusal(friction, {"ttfb_p75_ms": ["fast"] * 2016}, traffic, contacts)
    assert said.startswith("performance['ttfb_p75_ms'] holds what is not a number: ")


@pytest.mark.parametrize("part", ["friction", "sessions", "contacts"])
def test_counts_no_site_could_have_are_refused_without_a_warning(part):
    friction, performance, traffic, contacts = plain(7)
    line = np.ones(2016)
    line[5] = 1e300
    match part:
        case "friction":
            friction, name = {"/pay|rage_click": line}, "friction['/pay|rage_click']"
        case "sessions":
            traffic, name = {**traffic, "sessions": line}, "traffic['sessions']"
        case _:
            contacts, name = {"channels": {"phone": line}}, "contacts.channels['phone']"
    said = refusal(friction, performance, traffic, contacts)
    assert said == f"{name}[5] is 1e+300; at most 1e+12 per bin is believed, and NaN is no data"


def test_the_largest_counts_that_are_believed_give_no_warning():
    friction, performance, traffic, contacts = plain(7)
    contacts["channels"]["phone"] = contacts["channels"]["phone"] * 1e11
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analyse(friction, performance, traffic, contacts)


def test_a_planted_surge_is_found_where_it_is():
    (surge,) = analyse(*with_surge())
    assert abs(surge.start - (START + 1900 * 300)) <= 600
    assert abs(surge.end - (START + 1924 * 300)) <= 600
    assert surge.extra_low <= 240 <= surge.extra_high
    assert surge.channels.keys() == {"phone"}
    assert surge.observed - surge.expected == pytest.approx(surge.extra)


def test_nothing_is_judged_past_the_watermark():
    assert analyse(*with_surge(), complete_through=START + 1890 * 300) == []


def test_a_stretch_marked_as_a_data_gap_is_not_judged():
    gap = {
        "start": START + 1890 * 300,
        "end": START + 1930 * 300,
        "kind": "data_gap",
        "title": "export twice",
    }
    assert analyse(*with_surge(), annotations=[gap]) == []


def test_without_performance_the_check_is_said_to_be_missing():
    friction, _, traffic, contacts = with_surge()
    (surge,) = analyse(friction, {}, traffic, contacts)
    assert surge.insufficient == "No data on performance for this time, so that check was not made."
    states = {rival["cause"]: rival["state"] for rival in surge.rivals}
    assert states["infrastructure"] == "not_checked"


def test_friction_without_any_data_is_not_ruled_out():
    friction, performance, traffic, contacts = with_surge()
    friction = {key: np.full(len(line), np.nan) for key, line in friction.items()}
    (surge,) = analyse(friction, performance, traffic, contacts)
    assert {r["cause"]: r["state"] for r in surge.rivals}["friction"] == "not_checked"


def test_few_days_of_history_cannot_speak_for_friction():
    friction, performance, traffic, contacts = with_surge()
    hit = friction["/pay|rage_click"].astype(float)
    hit[1898:1922] += 25
    friction["/pay|rage_click"] = hit
    (long,) = analyse(friction, performance, traffic, contacts)
    assert (long.verdict, long.keys[0]["key"]) == ("friction", "/pay|rage_click")
    (surge,) = analyse(*days(3, 7, friction, performance, traffic, contacts))
    assert surge.verdict == "unexplained"
    assert "cannot be said" in str(surge.insufficient)


def days(first, last, friction, performance, traffic, contacts):
    keep = slice(first * 288, last * 288)
    channels = {name: line[keep] for name, line in contacts["channels"].items()}
    return (
        {key: line[keep] for key, line in friction.items()},
        {name: line[keep] for name, line in performance.items()},
        {**traffic, "start": START + first * 86400, "sessions": traffic["sessions"][keep]},
        {"channels": channels, "topics": {}},
    )


def test_a_line_that_is_closed_is_not_judged():
    hours = {"phone": [(day, "20:00", "06:00") for day in range(7)]}
    assert analyse(*with_surge(), opening_hours=hours) == []


def test_opening_hours_that_are_no_times_are_refused():
    with pytest.raises(ValueError, match="opening_hours") as error:
        analyse(*plain(7), opening_hours={"phone": [(0, "8am", "20:00")]})
    assert str(error.value) == "opening_hours['phone'] holds '8am'; times look like '08:30'"


def test_a_surge_is_plain_json():
    (surge,) = analyse(*with_surge())
    text = json.dumps(as_dict(surge), allow_nan=False)
    assert json.loads(text)["verdict"] == surge.verdict


def change(world, what):
    friction, performance, traffic, contacts = world.inputs
    bins = len(traffic["sessions"])
    match what:
        case "ints":
            contacts["channels"] = {k: v.astype(int).tolist() for k, v in contacts["channels"].items()}
            traffic["sessions"] = traffic["sessions"].astype(int)
        case "no topics":
            contacts.pop("topics")
        case "nothing but contacts":
            friction, performance = {}, {}
        case "no sessions":
            traffic = {"start": traffic["start"], "step": 300}
        case "no traffic":
            traffic = {**traffic, "sessions": np.zeros(bins)}
        case "unknown traffic":
            traffic = {**traffic, "sessions": np.full(bins, np.nan)}
        case "constant":
            friction = {key: np.ones(bins) for key in friction}
            performance = {key: np.ones(bins) for key in performance}
        case "zeros":
            friction = {key: np.zeros(bins) for key in friction}
            performance = {key: np.zeros(bins) for key in performance}
        case "a dead channel":
            contacts["channels"]["phone"] = np.full(bins, np.nan)
        case "huge":
            contacts["channels"] = {k: v * 1e7 for k, v in contacts["channels"].items()}
            traffic = {**traffic, "sessions": traffic["sessions"] * 1e8}
        case "odd length":
            keep = slice(bins - 5003, bins)
            friction = {k: v[keep] for k, v in friction.items()}
            performance = {k: v[keep] for k, v in performance.items()}
            traffic = {**traffic, "sessions": traffic["sessions"][keep]}
            contacts = {part: {k: v[keep] for k, v in lines.items()} for part, lines in contacts.items()}
        case "infinite":
            performance["ttfb_p75_ms"][100:200] = np.inf
            traffic["sessions"][50:60] = np.inf
        case "keys without a bar":
            friction = {key.replace("|", " "): line for key, line in friction.items()}
        case "None for no data":
            contacts["channels"]["chat"] = [
                None if i % 50 == 0 else v for i, v in enumerate(contacts["channels"]["chat"])
            ]
    return friction, performance, traffic, contacts


@pytest.mark.parametrize(
    "what",
    [
        "ints",
        "no topics",
        "nothing but contacts",
        "no sessions",
        "no traffic",
        "unknown traffic",
        "constant",
        "zeros",
        "a dead channel",
        "huge",
        "odd length",
        "infinite",
        "keys without a bar",
        "None for no data",
    ],
)
@pytest.mark.parametrize("timezone", [None, "Europe/Berlin", "Asia/Kathmandu"])
def test_odd_input_is_judged_without_a_murmur(what, timezone):
    world = small_shop("broken-pay", 1001)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        surges = analyse(*change(world, what), timezone=timezone)
    for surge in surges:
        json.dumps(as_dict(surge), allow_nan=False)
