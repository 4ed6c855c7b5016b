"""Contact surges and what they follow: arrays in, verdicts out. No clock, no I/O, nothing of the rest."""

from collector.correlate.amendment import amended
from collector.correlate.analysis import analyse
from collector.correlate.types import Key, NotEnoughData, Rival, Surge, as_dict

__all__ = ["Key", "NotEnoughData", "Rival", "Surge", "amended", "analyse", "as_dict"]
