"""Notifies each channel of each surge once, and again only when the verdict changes.

Notifications are stored, so that a restart sends nothing twice; one that could not be sent is retried, less and less
often, and then dropped.
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
from collector.store.notifying import Told, keep_told, to_tell, told
from collector.store.queries.surges import ToNotify
from collector.surges.find import remembered
from collector.surges.history import read_account
from collector.telemetry import Shown

log = logging.getLogger(__name__)

NEWS = timedelta(hours=6)
"""A surge that ended longer ago is history: the pages show it, and nobody is notified."""

CALM = timedelta(minutes=15)
"""Between two messages about one surge over one channel: a borderline verdict would alternate."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 10
"""Together about three hours: later it is no longer news."""

RESULTS = ("sent", "failed", "given_up")


class Due(NamedTuple):
    """One message to send now."""

    surge: ToNotify
    channel: Channel
    verdict: str
    before: str
    number: int
    attempts: int


class Notifier:
    """Sends due notifications over `channels`."""

    def __init__(self, channels: Sequence[Channel], shown: Shown, *, time_zone: str, link: str = "") -> None:
        self._channels = channels
        self._shown = shown
        self._time_zone = time_zone
        self._link = link
        self._results: Counter[tuple[str, ...]] = Counter()
        self._export()

    def turn(self, store: Store, now: datetime) -> None:
        """Send what is due at `now`. When a channel fails, the rest of its messages wait for the next turn."""
        surges = to_tell(store, now - NEWS)
        failed: set[str] = set()
        for item in due(surges, told(store, [surge.surge_id for surge in surges]), self._channels, now):
            if item.channel.name in failed:
                continue
            state, error = self._send(store, item)
            attempts = item.attempts + 1
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))
            if state == "failed":
                failed.add(item.channel.name)
                state = "given_up" if attempts >= MOST_ATTEMPTS else state
            keep_told(
                store,
                Told(
                    item.surge.app,
                    item.surge.surge_id,
                    item.channel.name,
                    item.verdict,
                    state,
                    attempts,
                    now + wait,
                    error,
                    now,
                ),
            )
            self._results[item.channel.name, state] += 1
            self._log(item, state, error)
        self._export()

    def _send(self, store: Store, item: Due) -> tuple[str, str]:
        surge = read_account(item.surge.account)
        context = remembered(store, item.surge.app, surge, self._time_zone)
        try:
            item.channel.send(
                message(
                    item.surge.surge_id,
                    surge,
                    context,
                    before=item.before,
                    withdrawn=item.verdict == WITHDRAWN,
                    link=self._link,
                    number=item.number,
                )
            )
        except NotSent as error:
            return "failed", str(error)
        return "sent", ""

    def _log(self, item: Due, state: str, error: str) -> None:
        if state == "sent":
            log.info("%s: support leads notified by %s: verdict %s", item.surge.app, item.channel.name, item.verdict)
        else:
            log.warning(
                "%s: cannot notify support leads by %s (%s): %s",
                item.surge.app,
                item.channel.name,
                state.replace("_", " "),
                error,
            )

    def _export(self) -> None:
        values: dict[tuple[str, ...], float] = {
            (channel.name, result): 0 for channel in self._channels for result in RESULTS
        }
        self._shown.show("snag_notifications", values | self._results)


def due(surges: Sequence[ToNotify], before: Sequence[Told], channels: Sequence[Channel], now: datetime) -> list[Due]:
    """Messages to send at `now`, given those sent and tried `before` (the oldest first). No I/O."""
    messages = []
    for surge in surges:
        verdict = surge.verdict if surge.state == "standing" else WITHDRAWN
        for channel in channels:
            if channel.apps and surge.app not in channel.apps:
                continue
            earlier = [item for item in before if (item.surge_id, item.channel) == (surge.surge_id, channel.name)]
            sent = [item for item in earlier if item.state == "sent"]
            last = sent[-1] if sent else None
            if (last.verdict if last else WITHDRAWN) == verdict:
                continue  # the receiver knows, or was never notified and there is nothing to withdraw
            if last and now - last.updated_ts < CALM:
                continue
            tried = next((item for item in earlier if item.verdict == verdict and item.state != "sent"), None)
            if tried and (tried.state == "given_up" or tried.next_ts > now):
                continue
            messages.append(
                Due(
                    surge,
                    channel,
                    verdict,
                    last.verdict if last else "",
                    len(sent),
                    tried.attempts if tried else 0,
                )
            )
    return messages
