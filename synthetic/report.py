"""How runs went, for people (a table), for CI (JUnit), and before a journey is scheduled (how flaky it is)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from rich.markup import escape
from rich.table import Table

from synthetic.result import Result

STYLES = {"passed": "green", "degraded": "yellow", "flaky": "yellow", "failed": "red", "error": "magenta"}


def why(done: Result) -> str:
    """The reason in words, and whose fault it was."""
    return done.message if done.fault in ("none", "friction") else f"{done.fault}: {done.message}"


def table(runs: Sequence[Result]) -> Table:
    """One line for each run."""
    found = Table("journey", "status", "took", "step", "why")
    for done in runs:
        style = STYLES[done.status]
        words = why(done) + (f" ({done.artefacts_url})" if done.artefacts_url else "")
        took = f"{done.duration_ms / 1000:.1f} s" + (" (busy machine)" if done.contended else "")
        found.add_row(escape(done.journey), f"[{style}]{done.status}[/{style}]", took, escape(done.step), escape(words))
    return found


def repeated(runs: Sequence[Result]) -> Table:
    """One line for each journey that was run several times: how often it ended how, and how long it took."""
    found = Table("journey", "runs", "passed", "degraded", "flaky", "failed", "error", "median", "slowest", "fails at")
    for name in dict.fromkeys(done.journey for done in runs):
        mine = [done for done in runs if done.journey == name]
        took = [done.duration_ms / 1000 for done in mine]
        counts = [sum(done.status == status for done in mine) for status in STYLES]
        places = dict.fromkeys(f"{d.step} ({d.reason})" for d in mine if d.status not in ("passed", "degraded"))
        found.add_row(
            escape(name),
            str(len(mine)),
            *map(str, counts),
            f"{statistics.median(took):.1f} s",
            f"{max(took):.1f} s",
            escape(", ".join(places)),
        )
    return found


def junit(runs: Sequence[Result]) -> str:
    """JUnit's XML, as CI servers read it: a failed run is a failure, the monitor's own fault is an error."""
    suite = Xml.Element("testsuite", name="snag journeys", tests=str(len(runs)))
    suite.set("failures", str(sum(done.status == "failed" for done in runs)))
    suite.set("errors", str(sum(done.status == "error" for done in runs)))
    suite.set("time", f"{sum(done.duration_ms for done in runs) / 1000:.3f}")
    for done in runs:
        case = Xml.SubElement(
            suite, "testcase", classname="journeys", name=done.journey, time=f"{done.duration_ms / 1000:.3f}"
        )
        if done.status in ("failed", "error"):
            sort = "failure" if done.status == "failed" else "error"
            child = Xml.SubElement(case, sort, type=f"{done.fault}.{done.reason}", message=_plain(why(done)))
            child.text = _plain("\n".join([f"step: {done.step}", *done.evidence, done.artefacts_url]).strip())
        steps = "\n".join(f"{s.status:<9}{s.duration_ms:>7} ms  {s.name}" for s in done.steps)
        words = f"{done.status}: {why(done)}\n" if done.message else ""
        Xml.SubElement(case, "system-out").text = _plain(words + steps)
    Xml.indent(suite)
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True)


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
