"""What redaction finds, leaves alone, and costs: `python -m benchmarks.privacy`.

The lists are those of tests/privacy/kinds.py; its author wrote the rules, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from collector.intake import admission
from collector.intake.decode import decode
from collector.metrics.intervals import wilson
from collector.privacy.redact import redact
from tests.conftest import body, event
from tests.privacy.kinds import IMPOSTORS, PERSONAL

WITHOUT = "Cannot pay: the button does nothing when I press it on the page of my basket"
WITH = "order 4711 fails with 503 at 12:30, card 4111 1111 1111 1111, tel 0151 2345678, ann@example.org"


def main() -> None:
    """Print three tables."""
    console = Console()
    for title, lists, good in (
        ("Personal data", PERSONAL, lambda value, text: value not in text),
        ("Look-alikes", IMPOSTORS, lambda value, text: value in text),
    ):
        n = sum(map(len, lists.values()))
        right = sum(good(v, redact(f"They say {v} today")) for values in lists.values() for v in values)
        low, high = wilson(right, n)
        console.print(f"{title}: {right} of {n} values of {len(lists)} kinds right ({low:.1%} to {high:.1%})")
    table = Table("text", "CPU µs", title="Cost", title_justify="left")
    for name, text in (
        ("without digit or @", WITHOUT),
        ("with both", WITH),
        ("10,000 characters with both", WITH * 105),
    ):
        table.add_row(name, f"{cpu_us(lambda text=text: redact(text)):,.1f}")
    one = decode(body(event(target="#pay > button", target_name="Pay", page_group="/checkout/payment")))
    context = admission.Context(admission.Policy(), None, {}, "192.0.2.1", now=0.0, queue_share=0.0)  # type: ignore[arg-type]
    table.add_row("a beacon of our own agent", f"{cpu_us(lambda: admission.redact_texts(one, context)):,.1f}")
    console.print(table)


def cpu_us(call: Callable[[], object]) -> float:
    """Median CPU of one call over five rounds, µs."""
    rounds = []
    for _ in range(5):
        began, n = time.process_time(), 0
        while time.process_time() - began < 0.1:
            call()
            n += 1
        rounds.append((time.process_time() - began) / n * 1e6)
    return sorted(rounds)[2]


if __name__ == "__main__":
    main()
