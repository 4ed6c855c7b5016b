"""Tells each channel of each surge once, and again only when the verdict changes. What was told is kept in the store, so
that a restart tells nothing twice; what could not be sent is tried again, less and less often, and then given up.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from collector.notify.channels import Channel, NotSent
from collector.notify.message import WITHDRAWN, message
from collector.store import Store
from collector.store.notifying import Told, ToTell, keep_told, to_tell, told
from collector.surges.find import remembered
from collector.surges.history import read_account
from collector.telemetry import Shown

log = logging.getLogger(__name__)

NEWS = timedelta(hours=6)
"""A surge that ended longer ago is history: the pages show it, and nobody is sent for."""

CALM = timedelta(minutes=15)
"""Between two messages about one surge over one channel: a verdict on the edge would go to and fro."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 10
"""Together about three hours: later it is no news."""

RESULTS = ("sent", "failed", "given_up")


class Due(NamedTuple):
    """One message that is to be sent now."""

    surge: ToTell
    channel: Channel
    verdict: str
    before: str
    number: int
    attempts: int


class Notifier:
    """Sends what is due over `channels`."""

    def __init__(self, channels: Sequence[Channel], shown: Shown, *, time_zone: str, link: str = "") -> None:
        self._channels = channels
        self._shown = shown
        self._time_zone = time_zone
        self._link = link
        self._results: Counter[tuple[str, ...]] = Counter()
        self._show()

    def turn(self, store: Store, now: datetime) -> None:
        """Send what is due at `now`. Of a channel that fails the rest waits for the next turn."""
        surges = to_tell(store, now - NEWS)
        failed: set[str] = set()
        for one in due(surges, told(store, [surge.surge_id for surge in surges]), self._channels, now):
            if one.channel.name in failed:
                continue
            state, error = self._send(store, one)
            attempts = one.attempts + 1
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))
            if state == "failed":
                failed.add(one.channel.name)
                state = "given_up" if attempts >= MOST_ATTEMPTS else state
            keep_told(
                store,
                Told(
                    one.surge.app,
                    one.surge.surge_id,
                    one.channel.name,
                    one.verdict,
                    state,
                    attempts,
                    now + wait,
                    error,
                    now,
                ),
            )
            self._results[one.channel.name, state] += 1
            self._say(one, state, error)
        self._show()

    def _send(self, store: Store, one: Due) -> tuple[str, str]:
        surge = read_account(one.surge.account)
        found = remembered(store, one.surge.app, surge, self._time_zone)
        try:
            one.channel.send(
                message(
                    one.surge.surge_id,
                    surge,
                    found,
                    before=one.before,
                    withdrawn=one.verdict == WITHDRAWN,
                    link=self._link,
                    number=one.number,
                )
            )
        except NotSent as error:
            return "failed", str(error)
        return "sent", ""

    def _say(self, one: Due, state: str, error: str) -> None:
        if state == "sent":
            log.info("%s: support leads were told by %s: verdict %s", one.surge.app, one.channel.name, one.verdict)
        else:
            log.warning(
                "%s: support leads could not be told by %s (%s): %s",
                one.surge.app,
                one.channel.name,
                state.replace("_", " "),
                error,
            )

    def _show(self) -> None:
        values: dict[tuple[str, ...], float] = {
            (channel.name, result): 0 for channel in self._channels for result in RESULTS
        }
        self._shown.show("snag_notifications", values | self._results)


def due(surges: Sequence[ToTell], before: Sequence[Told], channels: Sequence[Channel], now: datetime) -> list[Due]:
    """What is to be sent at `now`, by what was sent and tried `before` (the oldest first). No I/O."""
    found = []
    for surge in surges:
        verdict = surge.verdict if surge.state == "standing" else WITHDRAWN
        for channel in channels:
            if channel.apps and surge.app not in channel.apps:
                continue
            mine = [one for one in before if (one.surge_id, one.channel) == (surge.surge_id, channel.name)]
            sent = [one for one in mine if one.state == "sent"]
            last = sent[-1] if sent else None
            if (last.verdict if last else WITHDRAWN) == verdict:
                continue  # it is known, or was never told and was never there
            if last and now - last.updated_ts < CALM:
                continue
            tried = next((one for one in mine if one.verdict == verdict and one.state != "sent"), None)
            if tried and (tried.state == "given_up" or tried.next_ts > now):
                continue
            found.append(
                Due(
                    surge,
                    channel,
                    verdict,
                    last.verdict if last else "",
                    len(sent),
                    tried.attempts if tried else 0,
                )
            )
    return found
