"""For UX teams and SREs: where visitors leave a journey, and whether our own runs get through it."""

from __future__ import annotations

from dashboards.intervals import FEWEST, wilson
from dashboards.model import BLUE, ORANGE, RED, Board, Column, Panel, Query, Variable
from dashboards.scope import APP, CHOSEN, DATASOURCE, DEVICE, ENV, MARKS, RELEASE, TRAFFIC, VISITS, chosen

JOURNEY = Variable(
    name="journey",
    label="Journey",
    description="Journeys that ran, or that journeys.yaml tells of",
    query="""
        SELECT DISTINCT journey FROM (
            SELECT toString(journey) AS journey FROM snag_experience.journey_runs WHERE $__timeFilter_ms(ts)
            UNION ALL SELECT toString(journey) AS journey FROM snag_experience.journey_definitions FINAL
        ) ORDER BY journey
    """,
)
WANTED = "$__conditionalAll(journey IN (${journey:singlequote}), $journey)"
RUNS = (
    "$__conditionalAll(app IN (${app:singlequote}), $app) AND $__conditionalAll(env IN (${env:singlequote}), $env)"
    f" AND traffic_source = 'synthetic' AND {WANTED} AND $__timeFilter_ms(ts)"
)
"""Which rows of journey_runs and journey_steps; what a run's own machine spoiled is left out by each panel."""

SUCCESS_STEPS = ((None, RED), (0.95, ORANGE), (0.995, BLUE))
"""0.995 is the objective of the board SLO."""

REACHED = f"""
    SELECT d.journey AS journey, any(d.steps) AS steps, 1 / max(if(v.sample_rate > 0, v.sample_rate, 1)) AS weight,
        arraySort(groupArrayArray(arrayMap(i -> (v.ts, i), arrayFilter(
            i -> v.journey IN ('', d.journey) AND (v.step = d.steps[i] AND v.journey = d.journey OR arrayExists(
                p -> v.page_group LIKE replaceAll(replaceAll(replaceAll(replaceAll(p, '\\\\', '\\\\\\\\'), '_', '\\\\_'), '%', '\\\\%'), '*', '%'),
                d.pages[i])),
            arrayEnumerate(d.steps))))) AS seen,
        arrayFold((done, one) -> if(one.2 = length(done) + 1, arrayPushBack(done, one.1), done), seen,
            CAST([], 'Array(DateTime64(3, \\'UTC\\'))')) AS reached
    FROM (
        SELECT session_id, app, journey, step, page_group, ts, sample_rate FROM snag_experience.page_views FINAL
        WHERE {chosen(*CHOSEN)} AND NOT is_bot AND $__timeFilter_ms(ts)
    ) AS v
    CROSS JOIN (
        SELECT app, journey, steps, pages FROM snag_experience.journey_definitions FINAL WHERE {WANTED}
    ) AS d
    WHERE d.app IN ('', v.app)
    GROUP BY v.app, v.session_id, d.journey
    HAVING notEmpty(reached)
"""
"""As the view journey_visits, of the page views of the time range alone: the view would read all that is kept."""


def board() -> Board:
    """Journeys."""
    return Board(
        uid="snag-journeys",
        title="Journeys",
        annotations=MARKS,
        variables=(DATASOURCE, APP, ENV, RELEASE, DEVICE, JOURNEY, TRAFFIC),
        description="Where visitors leave on the way, and whether synthetic journeys get through",
        panels=(
            _runs(),
            _visitors(),
            _history(),
            _funnel(),
            _friction(),
            Panel(kind="row", title="Synthetic journeys"),
            _step_times(),
            _step_success(),
            _failures(),
        ),
    )


def _runs() -> Panel:
    return Panel(
        kind="table",
        title="Runs that passed, by journey",
        width=12,
        height=7,
        description="Of the runs that say anything about the site (a runner's own trouble is left out), with the 95 % interval; a share from "
        "30 runs on. Below 99.5 %: read the failures at the bottom, then the status of the step.",
        queries=(
            Query(
                text=f"""
            SELECT journey, {wilson("passed", "runs", "success")}, runs, friction, technical, infrastructure
            FROM (
                SELECT toString(journey) AS journey, countIf(run_status != 'error') AS runs,
                    countIf(run_status NOT IN ('failed', 'error')) AS passed, countIf(fault = 'friction') AS friction,
                    countIf(fault = 'technical') AS technical, countIf(fault = 'infrastructure') AS infrastructure
                FROM snag_experience.journey_runs FINAL
                WHERE {RUNS}
                GROUP BY journey
            )
            ORDER BY success NULLS LAST, journey
        """
            ),
        ),
        columns=(
            Column(name="success", unit="percentunit", decimals=2, thresholds=SUCCESS_STEPS),
            *(Column(name=f"success_{end}", unit="percentunit", decimals=2) for end in ("low", "high")),
        ),
    )


def _visitors() -> Panel:
    return Panel(
        kind="table",
        title="Visitors who got through, by journey",
        width=12,
        height=7,
        description="Of the visits that entered a journey of journeys.yaml within the time range, the share that came to its last step, with "
        "its 95 % interval. Where runs pass and visitors do not get through, the trouble is usability: see the funnel.",
        queries=(
            Query(
                text=f"""
            SELECT journey, {wilson("through", "entered", "completed")}, entered
            FROM (
                SELECT toString(journey) AS journey, count() AS entered, countIf(length(reached) = length(steps)) AS through
                FROM ({REACHED})
                GROUP BY journey
            )
            ORDER BY journey
        """
            ),
        ),
        columns=tuple(Column(name=f"completed{end}", unit="percentunit", decimals=1) for end in ("", "_low", "_high")),
    )


def _history() -> Panel:
    return Panel(
        kind="status-history",
        title="Journeys by hour",
        width=24,
        height=6,
        unit="percentunit",
        decimals=0,
        least_interval="1h",
        thresholds=SUCCESS_STEPS,
        series_name="${__field.labels.journey}",
        description="Share of the runs of an hour that passed. One bad cell is a blip; a bad row at the same hour each day is a job or a "
        "deployment; all rows at once is infrastructure.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT $__timeInterval(ts) AS time, toString(journey) AS journey,
                countIf(run_status != 'failed') / count() AS success
            FROM snag_experience.journey_runs FINAL
            WHERE {RUNS} AND run_status != 'error'
            GROUP BY time, journey
            ORDER BY time, journey
        """,
            ),
        ),
    )


def _funnel() -> Panel:
    return Panel(
        kind="table",
        title="Funnel: who went on from each step",
        width=16,
        height=10,
        description="Visits that reached a step and went on to the next, with the 95 % interval, and how long that took (idle over 15 minutes "
        "left out). The step with the lowest share is where to begin; what they met there is on the right. `snag funnel` says what it costs.",
        queries=(
            Query(
                text=f"""
            SELECT journey, position, step, entered, {wilson("went_on", "entered", "share")},
                if(entered >= {FEWEST}, median, NULL) AS median_s, if(entered >= {FEWEST}, p95, NULL) AS p95_s
            FROM (
                SELECT toString(journey) AS journey, position, any(steps[position]) AS step, count() AS entered,
                    countIf(position < length(reached) OR position = length(steps)) AS went_on,
                    quantileExactOrNullIf(0.5)(took_s, took_s BETWEEN 0 AND 900) AS median,
                    quantileExactOrNullIf(0.95)(took_s, took_s BETWEEN 0 AND 900) AS p95
                FROM (
                    SELECT journey, steps, reached, position,
                        if(position < length(reached), dateDiff('millisecond', reached[position], reached[position + 1]) / 1000, -1) AS took_s
                    FROM ({REACHED})
                    ARRAY JOIN arrayEnumerate(reached) AS position
                )
                GROUP BY journey, position
            )
            ORDER BY journey, position
        """
            ),
        ),
        columns=(
            *(Column(name=f"share{end}", unit="percentunit", decimals=1) for end in ("", "_low", "_high")),
            Column(name="median_s", unit="s", decimals=1),
            Column(name="p95_s", unit="s", decimals=1),
        ),
    )


def _friction() -> Panel:
    return Panel(
        kind="table",
        title="What visitors met on the way",
        width=8,
        height=10,
        may_be_empty=True,
        description="Visits that met friction within a step, by kind. Open the board Experience for the element and the cause.",
        queries=(
            Query(
                text=f"""
            SELECT concat(journey, ' / ', step) AS "where", toString(kind) AS what, uniqExact(session_id) AS "visits hit"
            FROM snag_experience.board_moments
            WHERE {VISITS} AND {WANTED} AND journey != '' AND points > 0
            GROUP BY "where", what
            ORDER BY "visits hit" DESC, "where", what
            LIMIT 30
        """
            ),
        ),
    )


def _step_times() -> Panel:
    return Panel(
        kind="timeseries",
        title="Time of a step, 75th percentile",
        unit="ms",
        least_interval="1h",
        series_name="${__field.labels.step}",
        description="Of synthetic runs, the same every time, so a change is the site's. A rise beyond a step's limit is counted as a slow "
        "step; see the board Vitals for what visitors wait for.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT $__timeInterval(ts) AS time, concat(toString(journey), ' / ', toString(step)) AS step,
                quantile(0.75)(duration_ms) AS p75
            FROM snag_experience.journey_steps FINAL
            WHERE {RUNS}
            GROUP BY time, step
            ORDER BY time, step
        """,
            ),
        ),
    )


def _step_success() -> Panel:
    return Panel(
        kind="table",
        title="Steps of synthetic journeys",
        height=8,
        description="How each step ended, over all runs, and how long it took. Failed: read its message below. Slow or degraded: it worked "
        "and a visitor would have waited.",
        queries=(
            Query(
                text=f"""
            SELECT toString(journey) AS journey, toString(step) AS step, count() AS runs,
                countIf(step_status = 'failed') AS failed, countIf(step_status IN ('slow', 'degraded')) AS "slow or degraded",
                quantile(0.75)(duration_ms) AS p75_ms, quantile(0.95)(duration_ms) AS p95_ms, max(threshold_ms) AS limit_ms
            FROM snag_experience.journey_steps FINAL
            WHERE {RUNS}
            GROUP BY journey, step
            ORDER BY journey, min(step_index), step
        """
            ),
        ),
        columns=(
            Column(name="failed", thresholds=((None, BLUE), (1.0, RED))),
            *(Column(name=name, unit="ms", decimals=0) for name in ("p75_ms", "p95_ms", "limit_ms")),
        ),
    )


def _failures() -> Panel:
    return Panel(
        kind="table",
        title="Runs that did not pass",
        width=24,
        height=9,
        may_be_empty=True,
        description="Newest first. The fault says whose it was: friction and technical are the site's, infrastructure is the way to it, monitor "
        "is our own. Screenshot and trace lie under the artefacts' path; the trace id leads into your tracing system.",
        queries=(
            Query(
                text=f"""
            SELECT ts AS time, toString(journey) AS journey, toString(failed_step) AS step, toString(location) AS location,
                toString(run_status) AS status, toString(fault) AS fault, toString(reason) AS reason, toString(message) AS message,
                toString(artefacts) AS artefacts, toString(trace_id) AS trace_id
            FROM snag_experience.journey_runs FINAL
            WHERE {RUNS} AND run_status != 'passed'
            ORDER BY time DESC
            LIMIT 50
        """
            ),
        ),
        columns=(
            Column(name="time", width=170),
            Column(name="artefacts", link="${__value.text}", link_title="Screenshot and trace"),
        ),
    )
