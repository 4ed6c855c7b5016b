"""docs/metrics.md, written from the catalogue by `python -m tools.generate`; a test holds it fresh."""

from __future__ import annotations

from pathlib import Path

from collector.metrics.catalogue import CATALOGUE, Metric

PAGE = Path(__file__).parent.parent.parent / "docs" / "metrics.md"

_HEAD = """<!-- Written by `python -m tools.generate`. Do not edit. -->
# CX and service metrics

`snag metrics` prints every number with its 95 % interval and what it was counted from (n); below the minimum it prints
“not enough data” and the n. `snag metrics nps csat --by channel --since 90d --json`; `--csv`;
`--list` prints this catalogue.
The panels count by the same views and formulas: a formula stands once, in `collector/metrics/catalogue.py`.

- Times are UTC. A contact belongs to the time it was made, a survey to the time it was answered.
- Contacts are inbound, without spam and deleted ones, each in its newest version.
- Whatever is still open counts as “longer than until now” (Kaplan–Meier), it is never dropped.
- The business clock needs `SNAG_OPENING_HOURS` (in `SNAG_TIME_ZONE`), or a source that tells its own seconds.
- `--by` cuts into parts, each with its own minimum. Numbers of different wordings, kinds of survey, scales or thresholds are
  always told apart, in the column “of”.
- Active customers, for churn, come from a CSV file: `snag metrics import-customers FILE` with the columns period_start,
  period_end (the first day after it), customers_at_start, customers_lost and, if you like, segment.
"""

_TAIL = """
## In Grafana or SQL

The views `snag_experience.metric_contacts`, `metric_cases`, `metric_surveys`, `metric_service` and `metric_customers`
have one row for each contact, case, survey, interval and period; give the time range in the WHERE clause. The
aggregates of each metric stand in its entry below. Friction rate and score have their own page and are never mixed
with these.
"""


def page() -> str:
    """The whole page."""
    out = [
        _HEAD,
        "| metric | formula | unit | minimum n | interval | better | owner |",
        "|---|---|---|---|---|---|---|",
    ]
    out += [_row(metric) for metric in CATALOGUE]
    out.append(_TAIL)
    out += [_entry(metric) for metric in CATALOGUE]
    return "\n".join(out).rstrip() + "\n"


def _row(m: Metric) -> str:
    better = {True: "higher", False: "lower", None: "–"}[m.higher_is_better]
    return f"| `{m.name}` {m.title} | {m.formula} | {m.unit} | {m.minimum} {m.n_of} | {m.interval} | {better} | {m.owner} |"


def _entry(m: Metric) -> str:
    where = [] if m.where == "1" else [f"- where `{m.where}`"]
    apart = [] if m.apart == "''" else [f"- told apart by `{m.apart}`"]
    return "\n".join(
        [
            f"### {m.name}",
            "",
            m.traps or m.formula,
            "",
            f"- `{m.view}`, time `{m.time}`",
            f"- n: `{m.aggregates[0]}`" + "".join(f"; `{one}`" for one in m.aggregates[1:]),
            *where,
            *apart,
            f"- by {', '.join(m.parts)}",
            "",
        ]
    )
