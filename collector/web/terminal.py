"""Surges in the terminal: in words first, then the possible causes, then two curves on one axis of time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from collector.correlate import Surge
from collector.store.grids import Series
from collector.surges.answer import of_found
from collector.surges.find import Found
from collector.surges.wording import describe, few, reservations
from collector.web.surge_series import curves

BLOCKS = " ▁▂▃▄▅▆▇█"
NO_DATA = "·"


def print_found(found: Found, console: Console) -> None:
    """The surges in the terminal."""
    if "simulated" in found.sources:
        console.print("[dim]Simulated traffic is included.[/dim]")
    for reservation in reservations(found):
        console.print(f"[yellow]{reservation}[/yellow]")
    if not found.surges:
        said = of_found(found)
        style = "green" if said.state == "as_usual" else "yellow"
        console.print(Panel(said.words(ZoneInfo(found.time_zone)), title=found.app, border_style=style))
        console.print(_curves(found, None))
    for surge in found.surges:
        story = describe(surge, found)
        body = Table.grid(padding=(0, 1))
        body.add_column()
        body.add_row(f"[bold]{story.headline}[/bold]")
        body.add_row(f"[bold]{story.verdict}[/bold]")
        for detail in story.details:
            body.add_row(detail)
        rivals = Table(show_edge=False, pad_edge=False, header_style="dim")
        for name in ("", "Possible cause", "", "Why"):
            rivals.add_column(name, no_wrap=name != "Why")
        for rival in story.rivals:
            rivals.add_row(*rival)
        body.add_row("")
        body.add_row(rivals)
        body.add_row("")
        body.add_row(_curves(found, surge))
        console.print(Panel(body, title=f"Contact surge · {found.app}", border_style="yellow", padding=(1, 2)))


def spark(values: Series, most: float) -> str:
    """One block for each value, as high as its share of `most`; a dot where there is no data.

    >>> spark(np.array([0.0, 1.0, np.nan, 4.0]), 4.0)
    ' ▂·█'
    """
    return "".join(
        NO_DATA if np.isnan(value) else BLOCKS[round(min(value / most, 1.0) * (len(BLOCKS) - 1))] if most > 0 else " "
        for value in values
    )


def _curves(found: Found, surge: Surge | None) -> Table:
    """Each curve with its highest value, the usual below it on the same scale, and the hours below them all."""
    shown, times = curves(found, surge)
    table = Table.grid(padding=(0, 1))
    for curve in shown:
        table.add_row(f"[bold]{curve.title}[/bold]")
        most = float(np.nanmax(np.concatenate([curve.values, curve.usual, [1e-9]])))
        table.add_row(_line("count", curve.values, most) + f" maximum {few(float(np.nanmax([*curve.values, 0])))}")
        if not np.isnan(curve.usual).all():
            table.add_row(f"[dim]{_line('usual', curve.usual, most)}[/dim]")
    table.add_row(f"[dim]{_hours(times, ZoneInfo(found.time_zone))}[/dim]")
    return table


def _line(name: str, values: Series, most: float) -> str:
    return f"{name} {spark(values, most)}"


def _hours(times: list[datetime], tz: ZoneInfo) -> str:
    """The first bar of an hour, at its place below the curves, wherever there is room for its time."""
    line = " " * 6
    for at, time in enumerate(times):
        local = time.astimezone(tz)
        if local.minute < 15 and len(line) <= 6 + at:
            line += " " * (6 + at - len(line)) + f"{local:%H:%M}"
    return line
