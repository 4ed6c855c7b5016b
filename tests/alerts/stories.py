"""Series for promtool as the programs write them: absent before their first sample, in steps, gone with their pod."""

from collections.abc import Sequence
from typing import Any

import yaml

GROUPS = {
    "collector": ("snagwatch-collector", "snagwatch-jobs"),
    "experience": ("snagwatch-experience-ratios", "snagwatch-experience"),
    "journeys": ("snagwatch-journey-ratios", "snagwatch-journeys", "snagwatch-runners"),
    "support": ("snagwatch-support",),
}
"""The groups of each rule file, those first that others read."""


def steps(every: Sequence[int], by: int, start: int = 0) -> str:
    """Return a counter that grows by `by` after each number of samples in `every`."""
    parts, value = [], start
    for samples in every:
        parts.append(f"{value}x{samples - 1}")
        value += by
    return " ".join(parts)


def listed(values: Sequence[int]) -> str:
    """Return the samples one by one."""
    return " ".join(map(str, values))


def unit_test(
    series: dict[str, str],
    checks: Sequence[tuple[str, str, dict[str, float]]],
    *,
    interval: str,
    evaluation: str,
    rules: Sequence[str],
) -> str:
    """Return a promtool test over these rule files.

    Each check is an expression, a time and the expected values by their labels, an empty dict for no series.
    """
    test: dict[str, Any] = {
        "interval": interval,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": expr,
                "eval_time": at,
                "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()],
            }
            for expr, at, expected in checks
        ],
    }
    return yaml.safe_dump(
        {
            "rule_files": [f"{name}.yaml" for name in rules],
            "evaluation_interval": evaluation,
            "group_eval_order": [group for name in rules for group in GROUPS[name]],
            "tests": [test],
        },
        sort_keys=False,
    )


def firing(alert: str, by: str = "") -> str:
    """Return the expression for how many alerts of that name fire."""
    return f'count {f"by ({by}) " if by else ""}(ALERTS{{alertname=~"{alert}",alertstate="firing"}})'


def firings(alert: str, during: str) -> str:
    """Return the expression for at how many evaluations of the last `during` it fired."""
    return f'sum(count_over_time(ALERTS{{alertname=~"{alert}",alertstate="firing"}}[{during}]))'


def firings_of_severity(severity: str, during: str) -> str:
    """Return the expression for at how many evaluations any alert of that severity fired."""
    return f'sum(count_over_time(ALERTS{{severity="{severity}",alertstate="firing"}}[{during}]))'
