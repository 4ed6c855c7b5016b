"""Metrics that are read from the store by whoever does the chores, as they were read last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

Values = Mapping[tuple[str, ...], float]
"""By the values of the labels, in their order."""


class Family(NamedTuple):
    """One metric: is it a counter, its labels, its meaning."""

    is_counter: bool
    labels: tuple[str, ...]
    meaning: str


FAMILIES = {
    "snag_experience_sessions": Family(
        True, ("app", "quality"), "Visits that are over (good) or that somebody was held up in (friction)."
    ),
    "snag_experience_friction_events": Family(True, ("app", "kind"), "Events of friction that visitors met."),
    "snag_contacts_last_received_timestamp_seconds": Family(
        False, ("source",), "When the last contact or count of contacts of a source came in."
    ),
    "snag_correlation_last_success_timestamp_seconds": Family(
        False, (), "When contacts were last judged without an error."
    ),
    "snag_correlation_open_surges": Family(
        False, ("app", "verdict"), "Surges of contacts that stand and ended less than an hour ago, or go on."
    ),
    "snag_notifications": Family(
        True,
        ("channel", "result"),
        "Messages to support leads: sent, failed (to be tried again) or given_up.",
    ),
}


class Shown:
    """What was read last of each metric; nothing where it was never read."""

    def __init__(self) -> None:
        self._values: dict[str, Values] = {}

    def show(self, name: str, values: Values) -> None:
        """Show these from now on, and no others."""
        if name not in FAMILIES:
            raise KeyError(name)
        self._values[name] = dict(values)

    def collect(self) -> Iterator[Metric]:
        """All of them, for a registry."""
        for name, family in FAMILIES.items():
            kind = CounterMetricFamily if family.is_counter else GaugeMetricFamily
            found = kind(name, family.meaning, labels=list(family.labels))
            for labels, value in self._values.get(name, {}).items():
                found.add_metric(list(labels), value)
            yield found
