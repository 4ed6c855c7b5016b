"""Reliability of the confidence and the distribution of p, as SVG."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from benchmarks.correlation.score import Record


def draw(records: list[Record], folder: Path) -> None:
    """Write reliability.svg and p-values.svg."""
    mpl.rcParams["svg.hashsalt"] = "correlation"
    folder.mkdir(parents=True, exist_ok=True)
    sure = sorted(
        (r.surge.confidence, r.right) for r in records if r.incident and r.surge and r.surge.confidence is not None
    )
    groups = [np.array(g, dtype=float) for g in np.array_split(np.array(sure, dtype=float), 10) if len(g)]
    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7")
    said, true = [g[:, 0].mean() for g in groups], np.array([g[:, 1].mean() for g in groups])
    error = [1.96 * np.sqrt(max(t * (1 - t), 0.01) / len(g)) for t, g in zip(true, groups, strict=True)]
    axes.errorbar(said, true, yerr=error, fmt="o", color="tab:blue")
    axes.set(xlabel="stated confidence", ylabel="share that was right", xlim=(0.4, 1.02), ylim=(0.4, 1.02))
    figure.savefig(folder / "reliability.svg", metadata={"Date": None})
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    for verdict, colour in (("friction", "tab:red"), ("unexplained", "tab:blue"), ("traffic", "tab:green")):
        p = sorted(
            r.surge.p
            for r in records
            if r.incident
            and r.surge
            and r.incident.verdict == verdict
            and r.incident.kind[:4] != "trap"
            and r.surge.p is not None
        )
        axes.step(p, np.arange(1, len(p) + 1) / max(len(p), 1), color=colour, label=verdict)
    axes.plot([0, 1], [0, 1], color="0.7")
    axes.set(xlabel="p", ylabel="share of surges with at most this p")
    axes.legend(title="what was planted")
    figure.savefig(folder / "p-values.svg", metadata={"Date": None})
