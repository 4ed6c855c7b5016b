"""Intervals as SQL: the formulas of collector/measures, for panels. tests/dashboards holds the two together."""

from __future__ import annotations

FEWEST = 30
"""Rows; below them a panel shows no number."""

_Z = "1.959964"


def wilson(hits: str, n: str, name: str) -> str:
    """Columns `name`, `name_low`, `name_high`: a share 0 to 1 with Wilson's 95 % interval; null below FEWEST rows."""
    return _columns(f"least(1, {hits} / {n})", f"toFloat64({n})", n, name)


def _columns(share: str, n: str, rows: str, name: str, scale: str = "") -> str:
    half = f"{_Z} * sqrt(greatest(0, ({share}) * (1 - ({share}))) / {n} + {_Z} * {_Z} / (4 * {n} * {n}))"
    middle, under = f"({share}) + {_Z} * {_Z} / (2 * {n})", f"(1 + {_Z} * {_Z} / {n})"
    return ",\n    ".join(
        f"if({rows} >= {FEWEST}, {scale}{value}, NULL) AS {name}{end}"
        for value, end in (
            (f"({share})", ""),
            (f"greatest(0, ({middle} - {half}) / {under})", "_low"),
            (f"least(1, ({middle} + {half}) / {under})", "_high"),
        )
    )


SUMS = """count() AS visits, sum(weight) AS w, sum(weight * weight) AS ww, sum(weight * score) AS ws,
    sum(weight * weight * score) AS wws, sum(weight * weight * score * score) AS wwss,
    countIf(score > 0) AS hits, sumIf(weight, hit) AS w_struggled"""
"""What score and rate are made from, over rows of board_visits."""

_MEAN = "(ws / w)"
_WIDEST = f"({_MEAN} * (100 - {_MEAN}))"
_SPREAD = (
    f"if({_WIDEST} <= 0, 1, (hits * greatest(0, wwss - 2 * {_MEAN} * wws + {_MEAN} * {_MEAN} * ww) / ww / {_WIDEST}"
    " * visits / (visits - 1) + 1) / (hits + 1))"
)

SCORE = _columns(f"{_MEAN} / 100", "spread_n", "visits", "score", "100 * ")
"""Columns score, score_low, score_high of 0 to 100, from rows of SUMS with COUNTED."""

RATE = _columns("least(1, w_struggled / w)", "effective_n", "visits", "rate")
"""Columns rate, rate_low, rate_high: the share of visits that struggled."""


def scored(keys: str, rows: str, *, having: str = "") -> str:
    """A subquery: per `keys` of `rows` (FROM … WHERE …), the sums with the numbers of visits that they are worth."""
    listed, group = (f"{keys},", f"GROUP BY {', '.join(_name(key) for key in _cut(keys))}") if keys else ("", "")
    return f"""(
    SELECT *, w * w / ww AS effective_n, effective_n / ({_SPREAD}) AS spread_n
    FROM (SELECT {listed} {SUMS} {rows} {group})
    WHERE visits > 1{having}
)"""


def _cut(keys: str) -> list[str]:
    """At the commas outside of brackets."""
    parts, depth = [""], 0
    for sign in keys:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _name(key: str) -> str:
    return key.rsplit(" AS ", 1)[-1]


def difference(value: str, before: str, after: str) -> str:
    """Columns `value`, `value_low`, `value_high`: after less before, from both intervals (MOVER: Zou & Donner 2008)."""
    low = f"sqrt(pow({after} - {after}_low, 2) + pow({before}_high - {before}, 2))"
    high = f"sqrt(pow({after}_high - {after}, 2) + pow({before} - {before}_low, 2))"
    change = f"({after} - {before})"
    return f"{change} AS {value}, {change} - {low} AS {value}_low, {change} + {high} AS {value}_high"
