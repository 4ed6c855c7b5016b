"""Metrics that the jobs process reads from the store or from its own runs, as last read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

Values = Mapping[tuple[str, ...], float]
"""Values by label values, in the order of the family's labels."""


class Family(NamedTuple):
    """A metric: whether it is a counter, its labels and its meaning."""

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
    "snag_contacts_last_pull_timestamp_seconds": Family(
        False, ("source",), "When a source was last polled without an error; at the start, when this process started."
    ),
    "snag_contacts_pull_interval_seconds": Family(False, ("source",), "How often a source is polled."),
    "snag_store_chore_last_success_timestamp_seconds": Family(
        False, ("chore",), "When a background job last ended without an error."
    ),
    "snag_correlation_last_success_timestamp_seconds": Family(
        False, (), "When every site that could be judged was last judged; not set by a turn that judged none."
    ),
    "snag_correlation_answer": Family(
        False,
        ("app", "answer"),
        "What is said of the last day of contacts: 1 for one of surge, as_usual and cannot_say, 0 for the others.",
    ),
    "snag_correlation_judged_through_timestamp_seconds": Family(
        False, ("app",), "How far the contacts of a site were judged; nothing is said of later times."
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
    """The last values of each metric; a metric that was never read has none."""

    def __init__(self) -> None:
        self._values: dict[str, Values] = {}

    def show(self, name: str, values: Values) -> None:
        """Replace all values of a metric."""
        if name not in FAMILIES:
            raise KeyError(name)
        self._values[name] = dict(values)

    def update(self, name: str, labels: tuple[str, ...], value: float) -> None:
        """Set one value of a metric and leave the others."""
        self.show(name, {**self._values.get(name, {}), labels: value})

    def collect(self) -> Iterator[Metric]:
        """Yield every metric, for a registry."""
        for name, family in FAMILIES.items():
            kind = CounterMetricFamily if family.is_counter else GaugeMetricFamily
            found = kind(name, family.meaning, labels=list(family.labels))
            for labels, value in self._values.get(name, {}).items():
                found.add_metric(list(labels), value)
            yield found
