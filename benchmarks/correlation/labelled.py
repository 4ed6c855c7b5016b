"""Score labelled sites from a folder: `python -m benchmarks.correlation --worlds DIR`.

Each `NAME.npz` holds `start`, `step`, `sessions`, `friction:KEY`, `channel:NAME`, `topic:NAME` and `performance:NAME`;
`NAME.labels.json` lists the incidents with `status`, `verdicts`, `culprits`, `segments` and `real`. -1 is no data.
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from collector.correlate import Surge, analyse

BEFORE_S, AFTER_S = 1800, 3600
"""A reported surge belongs to an incident whose contacts lie so near."""


STATUS = ("none", "dontcare", "must")
"""Of several incidents at one time a surge belongs to the one that has to be found."""


class Judgement(NamedTuple):
    """One incident with the surge that was reported for it (None: missed), or a surge of no incident."""

    site: str
    incident: dict[str, Any] | None
    surge: Surge | None

    @property
    def must(self) -> bool:
        return self.incident is not None and self.incident["status"] == "must"

    @property
    def right(self) -> bool:
        return self.incident is not None and self.surge is not None and self.surge.verdict in self.incident["verdicts"]


class Site(NamedTuple):
    """The inputs of `analyse`, and what happened there."""

    name: str
    inputs: tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]
    incidents: list[dict[str, Any]]


def load(path: Path) -> Site:
    """Read one site; raises OSError where the labels are missing."""
    data = np.load(path)
    labels = json.loads(path.with_name(path.stem + ".labels.json").read_text())
    groups: dict[str, dict[str, Any]] = {"friction": {}, "performance": {}, "channel": {}, "topic": {}}
    for name in data.files:
        family, _, key = name.partition(":")
        if family in groups:
            groups[family][key] = data[name].astype(float)
    traffic = {"start": int(data["start"]), "step": int(data["step"])}
    if "sessions" in data.files:
        traffic["sessions"] = data["sessions"].astype(float)
    contacts = {"channels": groups["channel"], "topics": groups["topic"]}
    return Site(path.stem, (groups["friction"], groups["performance"], traffic, contacts), labels["incidents"])


def judge(site: Site, surges: Iterable[Surge]) -> list[Judgement]:
    """Match surges to incidents by where their contacts lie; incidents too weak to be seen are left out."""
    taken: dict[int, list[Surge]] = {}
    judged: list[Judgement] = []
    for surge in surges:
        over = [
            (STATUS.index(incident["status"]), min(surge.end, b + AFTER_S) - max(surge.start, a - BEFORE_S), n)
            for n, incident in enumerate(site.incidents)
            for a, b in incident.get("segments") or [_site_time(incident)]
            if surge.start < b + AFTER_S and surge.end > a - BEFORE_S
        ]
        if over:
            taken.setdefault(max(over)[2], []).append(surge)
        else:
            judged.append(Judgement(site.name, None, surge))
    for n, incident in enumerate(site.incidents):
        best = max(taken.get(n, []), key=lambda s: s.extra, default=None)
        if incident["status"] == "must" or best:
            judged.append(Judgement(site.name, incident, best))
    return judged


def _site_time(incident: dict[str, Any]) -> tuple[int, int]:
    return incident["site_start"], incident["site_end"]


def share(hits: Iterable[bool]) -> str:
    """A share with its Clopper-Pearson 95 % interval."""
    values = list(hits)
    if not values:
        return "   - of    0"
    at = stats.binomtest(sum(values), len(values))
    low, high = at.proportion_ci(0.95)
    return f"{at.statistic:.3f} of {len(values):4} [{low:.3f} {high:.3f}]"


def calibration_error(stated: list[tuple[float, bool]]) -> float:
    """Mean distance of stated and true share over ten groups of equal count."""
    if not stated:
        return float("nan")
    groups = [g for g in np.array_split(np.array(sorted(stated), dtype=float), 10) if len(g)]
    return float(sum(len(g) * abs(g[:, 0].mean() - g[:, 1].mean()) for g in groups) / len(stated))


def report(name: str, judged: list[Judgement], *, detail: bool = False) -> None:
    """Print the figures of some sites."""
    must = [j for j in judged if j.must]
    found = [j for j in must if j.surge]
    real = [j for j in judged if j.surge and j.incident]
    stray = [j for j in judged if j.surge and j.incident is None]
    blamed = [j for j in judged if j.surge and j.surge.verdict == "friction"]
    named = [j for j in found if j.right and j.surge and j.surge.keys and j.incident and j.incident["culprits"]]
    print(f"\n{name}: {len(judged)} incidents and stray surges")
    print(f"  recall                     {share(j.surge is not None for j in must)}")
    print(f"  precision                  {share([True] * len(real) + [False] * len(stray))}")
    print(f"  verdict right              {share(j.right for j in found)}")
    print(f"  right key first            {share(_first_key(j) in j.incident['culprits'] for j in named if j.incident)}")
    print(f"  wrong friction verdicts    {share(not j.right for j in blamed)}")
    stated = [(j.surge.confidence, j.right) for j in real if j.surge and j.surge.confidence is not None]
    print(f"  calibration error          {calibration_error(stated):.3f} of {len(stated):4}")
    biases = [
        np.log(max(j.surge.attributed, 1.0) / j.incident["real"])
        for j in named
        if j.surge and j.incident and j.surge.attributed is not None and j.incident.get("real")
    ]
    if biases:
        print(f"  attributed / real, median  {np.exp(np.median(biases)):.3f} of {len(biases):4}")
    for j in judged if detail else ():
        kind = "stray" if j.incident is None else f"{j.incident['type']} ({j.incident['status']})"
        said = "missed"
        if j.surge:
            s = j.surge
            said = (
                f"{s.verdict} {s.confidence or 0:.2f} z {s.z:.1f} p {s.p or 0:.3f} attributed {s.attributed or 0:.0f}"
            )
            said += f" {_first_key(j)}"
        print(f"    {j.site:14} {kind:28} {'ok ' if j.right else '   '} {said}")
    sys.stdout.flush()


def _first_key(judged: Judgement) -> str:
    return judged.surge.keys[0]["key"] if judged.surge and judged.surge.keys else ""


def measure(folder: Path, *, zone: str | None = None, detail: bool = False, only: str = "*") -> list[Judgement]:
    """Print the figures of all sites of a folder; says so in words where there is none."""
    paths = sorted(folder.glob(f"{only}.npz")) if folder.is_dir() else []
    if not paths:
        print(f"{folder}: no labelled sites here; this part is left out")
        return []
    judged: list[Judgement] = []
    before = time.process_time()
    for path in paths:
        site = load(path)
        judged += judge(site, analyse(*site.inputs, timezone=zone))
    report(f"{folder.name}, {len(paths)} sites, {time.process_time() - before:.0f} CPU s", judged, detail=detail)
    return judged
