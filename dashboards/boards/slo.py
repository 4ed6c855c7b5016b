"""For SREs: how much of the error budgets of experience and journeys is left, and how fast it goes."""

from __future__ import annotations

from dashboards.model import BLUE, ORANGE, RED, Board, Panel, Query, Variable
from dashboards.scope import PROMETHEUS

APP = Variable(
    name="app",
    label="Site",
    description="Sites with sessions",
    source="prometheus",
    query="label_values(snag_experience_sessions_total, app)",
)
JOURNEY = Variable(
    name="journey",
    label="Journey",
    description="Synthetic journeys that ran",
    source="prometheus",
    query="label_values(snag_journey_runs_total, journey)",
)

OBJECTIVES = {"experience": 0.99, "journey": 0.995}
"""Shares of good sessions and of passed runs; the alerts in helm/snagwatch/files/rules have the same budgets."""

CHOSEN = {"experience": ("app", 'app=~"$app"'), "journey": ("journey", 'journey=~"$journey"')}
WINDOWS = ("1h", "6h", "1d", "3d")
BURN_STEPS = ((None, BLUE), (1.0, ORANGE), (6.0, RED))
"""1: the budget lasts exactly its time; from 6 on somebody is woken."""


def board() -> Board:
    """SLO."""
    return Board(
        uid="snag-slo",
        title="SLO",
        since="now-7d",
        refresh="1m",
        variables=(PROMETHEUS, APP, JOURNEY),
        description="Objectives of experience and journeys: kept or not, and how fast the budget goes",
        panels=(
            Panel(kind="row", title="Experience: sessions without blocking friction, objective 99 %"),
            _kept(
                "experience",
                "Good sessions",
                'snag_experience_sessions_total{app=~"$app"}',
                'snag_experience_sessions_total{app=~"$app", quality="friction"}',
            ),
            _left(
                "experience",
                'snag_experience_sessions_total{app=~"$app"}',
                'snag_experience_sessions_total{app=~"$app", quality="friction"}',
            ),
            _burning("experience"),
            _burn("experience"),
            Panel(kind="row", title="Journeys: runs that passed, objective 99.5 %"),
            _kept(
                "journey",
                "Passed runs",
                'snag_journey_runs_total{journey=~"$journey", status!="error"}',
                'snag_journey_runs_total{journey=~"$journey", status="failed"}',
            ),
            _left(
                "journey",
                'snag_journey_runs_total{journey=~"$journey", status!="error"}',
                'snag_journey_runs_total{journey=~"$journey", status="failed"}',
            ),
            _burning("journey"),
            _burn("journey"),
            _failing(),
            _certificates(),
        ),
    )


def _bad(what: str, all_of: str, bad: str) -> str:
    by = CHOSEN[what][0]
    return (
        f"(sum by ({by}) (increase({bad}[$__range])) or 0 * sum by ({by}) (increase({all_of}[$__range])))"
        f" / (sum by ({by}) (increase({all_of}[$__range])) > 0)"
    )


def _kept(what: str, title: str, all_of: str, bad: str) -> Panel:
    objective = OBJECTIVES[what]
    return Panel(
        kind="stat",
        title=title,
        width=6,
        height=7,
        unit="percentunit",
        decimals=2,
        thresholds=((None, RED), (objective, BLUE)),
        description=f"Over the time range; the objective is {objective:.1%}. Red: stop what makes it worse (roll back, turn off) before "
        "anything new goes out.",
        queries=(
            Query(
                source="prometheus",
                instant=True,
                legend=f"{{{{{CHOSEN[what][0]}}}}}",
                text=f"1 - {_bad(what, all_of, bad)}",
            ),
        ),
    )


def _left(what: str, all_of: str, bad: str) -> Panel:
    budget = 1 - OBJECTIVES[what]
    return Panel(
        kind="stat",
        title="Budget left",
        width=6,
        height=7,
        unit="percentunit",
        decimals=0,
        thresholds=((None, RED), (0.0, ORANGE), (0.25, BLUE)),
        description="Of what may go wrong in the time range, what is left; choose 30 days for the month. Below a quarter: fewer and smaller "
        "releases. Below nothing: repairs alone.",
        queries=(
            Query(
                source="prometheus",
                instant=True,
                legend=f"{{{{{CHOSEN[what][0]}}}}}",
                text=f"1 - ({_bad(what, all_of, bad)}) / {budget:g}",
            ),
        ),
    )


def _burning(what: str) -> Panel:
    _, matcher = CHOSEN[what]
    return Panel(
        kind="table",
        title="Burn rate now",
        width=12,
        height=7,
        unit="none",
        decimals=1,
        thresholds=BURN_STEPS,
        description="How many times faster than allowed the budget goes, over one and six hours, a day, three. Only the first column high: a blip or "
        "the begin of something; all high: it goes on. The alert's runbook is docs/runbooks.",
        queries=tuple(
            Query(
                source="prometheus",
                instant=True,
                legend=window,
                text=f"snag:{what}_bad:ratio_rate{window}{{{matcher}}} / {1 - OBJECTIVES[what]:g}",
            )
            for window in WINDOWS
        ),
    )


def _burn(what: str) -> Panel:
    by, matcher = CHOSEN[what]
    return Panel(
        kind="timeseries",
        title="Burn rate over time",
        width=24,
        unit="none",
        decimals=1,
        thresholds=BURN_STEPS,
        may_be_empty=True,
        description="Over one and six hours. Above 14.4 in an hour and in five minutes somebody is paged, above 6 in six hours too; above 1 for "
        "days it is a ticket. Mark when it began and look what was released then: the board Release.",
        queries=tuple(
            Query(
                source="prometheus",
                legend=f"{{{{{by}}}}} {window}",
                text=f"snag:{what}_bad:ratio_rate{window}{{{matcher}}} / {1 - OBJECTIVES[what]:g}",
            )
            for window in ("1h", "6h")
        ),
    )


def _failing() -> Panel:
    return Panel(
        kind="timeseries",
        title="Failures in a row",
        unit="short",
        decimals=0,
        thresholds=((None, BLUE), (2.0, ORANGE), (3.0, RED)),
        description="Of each journey at each location. At one location alone: a network or region; at all: the site. From three on the "
        "alert SnagJourneyFailing says so; the board Journeys has the message and the screenshot.",
        queries=(
            Query(
                source="prometheus",
                legend="{{journey}} at {{location}}",
                text='max by (journey, location) (snag_journey_consecutive_failures{journey=~"$journey"})',
            ),
        ),
    )


def _certificates() -> Panel:
    return Panel(
        kind="stat",
        title="Certificates expire in",
        unit="s",
        decimals=0,
        may_be_empty=True,
        thresholds=((None, RED), (604800.0, ORANGE), (1209600.0, BLUE)),
        description="Of the sites that journeys visit. Below two weeks: renew it, browsers will turn visitors away.",
        queries=(
            Query(
                source="prometheus",
                instant=True,
                legend="{{journey}}",
                text='min by (journey) (snag_journey_certificate_expiry_timestamp_seconds{journey=~"$journey"}) - time()',
            ),
        ),
    )
