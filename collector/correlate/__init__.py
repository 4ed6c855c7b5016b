"""Contact surges and what they follow: arrays in, verdicts out. No clock, no I/O, nothing from the rest of `collector`."""

from collector.correlate.amendment import amended
from collector.correlate.analysis import analyse
from collector.correlate.reliability import AVERAGE, Outcome, Reliability, learn_reliability
from collector.correlate.types import Key, NotEnoughData, Rival, Surge, as_dict, is_claimed

__all__ = [
    "AVERAGE",
    "Key",
    "NotEnoughData",
    "Outcome",
    "Reliability",
    "Rival",
    "Surge",
    "amended",
    "analyse",
    "as_dict",
    "is_claimed",
    "learn_reliability",
]
