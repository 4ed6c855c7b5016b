"""Precision, recall and F1 for each kind, and the share of harmless episodes with a false alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.agent_accuracy.play import Played


@dataclass(frozen=True)
class Score:
    """Of one kind: episodes in which it was told rightly, told wrongly, missed."""

    kind: str
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was told that is so; 1 when nothing was told."""
        return self.right / ((self.right + self.wrong) or 1) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what is so that was told; 1 when there was nothing to tell."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean.

        >>> Score("rage_click", right=8, wrong=2, missed=2).f1
        0.8
        """
        return 2 * self.right / ((2 * self.right + self.wrong + self.missed) or 1)


def scores(played: Sequence[Played]) -> list[Score]:
    """One score for each kind that was expected or told; what is merely allowed counts neither way."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for one in played:
        right.update(one.episode.expected & one.kinds)
        wrong.update(one.invented)
        missed.update(one.missed)
    kinds = sorted(right.keys() | wrong.keys() | missed.keys())
    return [Score(kind, right[kind], wrong[kind], missed[kind]) for kind in kinds]


def told(everything: Sequence[Played]) -> str:
    """The report: a table for each sort of page, then every episode that was judged otherwise."""
    played = [one for one in everything if not one.fault]
    lines = []
    for sort in sorted({one.episode.sort for one in played}):
        here = [one for one in played if one.episode.sort == sort]
        calm = [one for one in here if one.episode.harmless]
        alarmed = [one for one in calm if one.invented]
        share = f"{100 * len(alarmed) / (len(calm) or 1):.1f} %"
        lines += [
            f"{sort}: {len(here)} visits, {len(calm)} of them harmless; false alarms in {len(alarmed)} of these ({share})",
            "",
            "| kind | visits with it | precision | recall | F1 |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{s.kind}` | {s.right + s.missed} | {s.precision:.2f} | {s.recall:.2f} | {s.f1:.2f} |"
            for s in scores(here)
        ]
        lines.append("")
    for one in played:
        if one.missed or one.invented:
            missed, invented = (" ".join(sorted(kinds)) for kinds in (one.missed, one.invented))
            lines.append(f"{one.episode.name} (seed {one.seed}): missed [{missed}] invented [{invented}]")
    lines += [f"{one.episode.name} (seed {one.seed}) not played: {one.fault}" for one in everything if one.fault]
    return "\n".join(lines)
