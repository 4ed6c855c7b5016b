"""Support leads are told once per surge, and again only when the verdict changes; a restart tells nothing twice."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from standardwebhooks import Webhook as Verifier

from collector.notify.channels import Channel, NotSent
from collector.notify.job import CALM, MOST_ATTEMPTS, Notifier, due
from collector.notify.message import Message
from collector.server.jobs import all_jobs
from collector.settings import BadSetting, Settings
from collector.store.notifying import Told
from collector.store.queries.surges import ToNotify
from collector.surges.history import judge
from collector.telemetry import Shown
from tests.notify.test_channels import SECRET, Receiver
from tests.surges.test_history import BEGAN, END, a_shop_with_a_broken_button, contacts

SURGE = uuid.uuid4()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Lead:
    """Who is told; can be away."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.away = False

    def take(self, message: Message) -> None:
        if self.away:
            raise NotSent("the receiver answered 503")
        self.got.append(message)

    def channel(self, apps: tuple[str, ...] = ()) -> Channel:
        return Channel("webhook", apps, self.take)


@pytest.fixture
def lead() -> Lead:
    return Lead()


@pytest.fixture
def shop(store):
    a_shop_with_a_broken_button(store, np.random.default_rng(5))
    judge(store, app="shop", now=END, time_zone="UTC")
    return store


def notifier(lead: Lead, shown: Shown | None = None) -> Notifier:
    return Notifier([lead.channel()], shown or Shown(), time_zone="Europe/Berlin", link="https://snag.test/{app}")


def sent(shown: Shown) -> dict[str, float]:
    family = next(one for one in shown.collect() if one.name == "snag_notifications")
    return {one.labels["result"]: one.value for one in family.samples}


def test_a_surge_is_told_once_in_words_also_after_a_restart(shop, lead):
    shown = Shown()
    first = notifier(lead, shown)
    assert sent(shown) == {"sent": 0, "failed": 0, "given_up": 0}
    first.turn(shop, END)
    (told,) = lead.got
    assert told.subject.startswith("shop: Contacts are ")
    assert "They follow site friction: rage clicks on /pay." in told.text
    assert "https://snag.test/shop" in told.text
    assert told.payload["data"]["verdict"] == "friction"
    assert told.payload["data"]["verdict_before"] is None
    first.turn(shop, END + timedelta(minutes=5))
    notifier(lead).turn(shop, END + timedelta(minutes=30))
    assert len(lead.got) == 1
    assert sent(shown)["sent"] == 1


def test_no_visit_and_no_person_is_in_what_is_told(shop, lead):
    notifier(lead).turn(shop, END)
    everything = json.dumps(lead.got[0].payload) + lead.got[0].text
    visits = shop.client.query("SELECT DISTINCT toString(session_id) FROM snag_experience.friction_events").result_rows
    assert len(visits) > 100
    assert [one for (one,) in visits if one in everything] == []


def test_an_amendment_with_the_same_verdict_tells_nothing(shop, lead):
    notifier(lead).turn(shop, END)
    late = BEGAN.timestamp() + 1800 + np.random.default_rng(6).uniform(0, 5400, 60)
    contacts(shop, late, prefix="late")
    later = END + timedelta(minutes=20)
    assert [change.kind for change in judge(shop, app="shop", now=later, time_zone="UTC")] == ["amended"]
    notifier(lead).turn(shop, later)
    assert len(lead.got) == 1


def test_what_turns_out_to_be_nothing_is_taken_back(shop, lead):
    notifier(lead).turn(shop, END)
    shop.client.command("TRUNCATE TABLE snag_experience.support_contacts")
    contacts(shop, BEGAN.timestamp() - 86_400 * np.linspace(0.1, 20, 400))
    later = END + timedelta(minutes=20)
    assert [change.kind for change in judge(shop, app="shop", now=later, time_zone="UTC")] == ["withdrawn"]
    notifier(lead).turn(shop, later)
    assert [one.payload["data"]["verdict"] for one in lead.got] == ["friction", "withdrawn"]
    assert "contacts were as usual" in lead.got[1].text
    assert lead.got[0].message_id != lead.got[1].message_id


def test_who_is_away_is_told_later_with_longer_and_longer_waits_and_then_given_up(shop, lead):
    shown = Shown()
    lead.away = True
    one = notifier(lead, shown)
    tries = []
    for minute in range(0, 350):
        before = sent(shown)
        one.turn(shop, END + timedelta(minutes=minute))
        if sent(shown) != before:
            tries.append(minute)
    waits = np.diff(tries)
    assert len(tries) == MOST_ATTEMPTS
    assert list(waits) == sorted(waits)
    assert sent(shown) == {"sent": 0, "failed": MOST_ATTEMPTS - 1, "given_up": 1}


def test_who_comes_back_gets_the_same_message_once(shop, lead):
    lead.away = True
    notifier(lead).turn(shop, END)
    lead.away = False
    notifier(lead).turn(shop, END + timedelta(seconds=10))
    assert lead.got == []  # not before its time, whatever process asks
    notifier(lead).turn(shop, END + timedelta(minutes=2))
    notifier(lead).turn(shop, END + timedelta(minutes=4))
    assert len(lead.got) == 1


def test_the_collector_does_it_by_itself_where_a_file_says_whom_to_tell(shop, tmp_path, monkeypatch):
    receiver = Receiver()
    try:
        monkeypatch.setenv("DESK_SECRET", SECRET)
        path = tmp_path / "notify.toml"
        path.write_text(f'[webhook]\nurl = "{receiver.url}/hook"\nsecret = "env:DESK_SECRET"\n')
        settings = Settings(notify_file=str(path))
        found = {one.name: one for one in all_jobs(settings, END.timestamp)}
        for _ in range(2):
            found["notifications"].run(shop, threading.Event())
    finally:
        receiver.close()
    ((where, headers, body),) = receiver.got
    data = Verifier(SECRET).verify(body, headers)["data"]
    assert (where, data["verdict"], data["follows"][0]) == ("/hook", "friction", "/pay|rage_click")
    assert "They follow site friction" in data["text"]


def test_history_is_no_news(shop, lead):
    notifier(lead).turn(shop, END + timedelta(days=2))
    assert lead.got == []


def surge(verdict: str, state: str = "standing") -> ToNotify:
    return ToNotify("shop", SURGE, state, verdict, "{}")


def told(verdict: str, minutes_ago: float, state: str = "sent", attempts: int = 1) -> Told:
    at = NOW - timedelta(minutes=minutes_ago)
    return Told("shop", SURGE, "webhook", verdict, state, attempts, at + timedelta(minutes=1), "", at)


@pytest.mark.parametrize(
    ("verdict", "state", "before", "is_due"),
    [
        ("friction", "standing", [], True),
        ("friction", "withdrawn", [], False),
        ("friction", "standing", [told("friction", 60)], False),
        ("friction", "standing", [told("unexplained", 60)], True),
        ("friction", "standing", [told("unexplained", CALM.total_seconds() / 60 - 1)], False),
        ("friction", "standing", [told("friction", 90), told("unexplained", 60)], True),
        ("friction", "withdrawn", [told("friction", 60)], True),
        ("friction", "withdrawn", [told("friction", 90), told("withdrawn", 60)], False),
        ("friction", "standing", [told("friction", 2, "failed")], True),
        ("friction", "standing", [told("friction", 0.5, "failed")], False),
        ("friction", "standing", [told("friction", 60, "given_up", MOST_ATTEMPTS)], False),
        ("traffic", "standing", [told("friction", 60, "given_up", MOST_ATTEMPTS)], True),
    ],
)
def test_what_is_due(lead, verdict, state, before, is_due):
    assert bool(due([surge(verdict, state)], before, [lead.channel()], NOW)) == is_due


def test_a_channel_hears_of_its_sites_alone(lead):
    assert due([surge("friction")], [], [lead.channel(("blog",))], NOW) == []
    assert len(due([surge("friction")], [], [lead.channel(("shop",))], NOW)) == 1


def test_without_a_file_there_is_nothing_to_do_and_a_bad_one_is_said_at_the_start(tmp_path):
    assert "notifications" not in [one.name for one in all_jobs(Settings())]
    path = tmp_path / "notify.toml"
    path.write_text("[pager]\n")
    with pytest.raises(BadSetting, match="unknown field pager"):
        all_jobs(Settings(notify_file=str(path)))
