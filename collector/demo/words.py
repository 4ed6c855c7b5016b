"""What the demo says while it works: steps with their time, bars for what takes long. All of it on stderr."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


class Telling:
    """Tells how far the demo is."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def note(self, text: str) -> None:
        """One remark."""
        self.console.print(f"  [dim]{text}[/dim]", highlight=False)

    @contextmanager
    def step(self, what: str) -> Iterator[Callable[[str], None]]:
        """A step; call what it gives with how it came out."""
        began, outcome = time.monotonic(), ""

        def conclude(text: str) -> None:
            nonlocal outcome
            outcome = text

        with self.console.status(what):
            yield conclude
        self.console.print(f"[green]✓[/green] {what} [dim]{time.monotonic() - began:.1f} s[/dim]", highlight=False)
        if outcome:
            self.note(outcome)

    @contextmanager
    def bar(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """A step that can be counted; call what it gives with how much is done."""
        began = time.monotonic()
        columns = (SpinnerColumn(), TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda n: progress.advance(task, n)
        self.console.print(f"[green]✓[/green] {what} [dim]{time.monotonic() - began:.1f} s[/dim]", highlight=False)

    def journey(self, out: str) -> str:
        """What `snag journeys run --json` printed, in words."""
        run = json.loads(out.strip().splitlines()[-1])
        why = f": {run['message']}" if run["message"] else ""
        return f"{run['journey']} {run['status']} in {run['duration_ms'] / 1000:.1f} s{why}"
