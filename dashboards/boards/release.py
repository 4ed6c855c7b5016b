"""For UX teams: did the last release help, and what is new in it."""

from __future__ import annotations

from dashboards.intervals import FEWEST, RATE, SCORE, difference, scored
from dashboards.model import BLUE, ORANGE, RED, Board, Column, Panel, Query, Variable
from dashboards.scope import APP, DATASOURCE, DEVICE, ENV, MARKS, TRAFFIC, chosen, hours, to_board

_RELEASES = f"""
    SELECT release FROM (
        SELECT toString(release) AS release, min(bucket) AS first_seen, row_number() OVER (ORDER BY min(bucket) DESC, release DESC) AS place
        FROM snag_experience.sessions_1h FINAL
        WHERE {hours()} AND $__conditionalAll(app IN (${{app:singlequote}}), $app) AND release != ''
        GROUP BY release
    ) ORDER BY ORDER_OF
    LIMIT 100
"""
BEFORE = Variable(
    name="release_a",
    label="Before",
    description="The release to compare with; at first the one before the newest",
    query=_RELEASES.replace("ORDER_OF", "place = 1, place"),
    several=False,
)
AFTER = Variable(
    name="release_b",
    label="After",
    description="The release that is judged; at first the newest",
    query=_RELEASES.replace("ORDER_OF", "place"),
    several=False,
)

WHO = ("app", "env", "device")
BOTH = "release IN (${release_a:singlequote}, ${release_b:singlequote})"
WHICH = "if(release = ${release_b:singlequote}, 'after', 'before')"
VISITS = f"{chosen(*WHO)} AND {hours('hour')} AND $__timeFilter_ms(ts) AND {BOTH}"
_NOW = f"FROM snag_experience.board_visits WHERE {VISITS}"

SMALL = 1
"""Points: where the interval shows that a change is smaller, nothing changed. As `snag friction compare`."""

_DIFFERENCE_STEPS = ((None, BLUE), (1.0, ORANGE), (5.0, RED))


def board() -> Board:
    """Release."""
    return Board(
        uid="snag-release",
        title="Release",
        since="now-7d",
        annotations=MARKS,
        variables=(DATASOURCE, APP, ENV, DEVICE, BEFORE, AFTER, TRAFFIC),
        description="Whether a release changed how much people struggle, with its interval, and what is new in it",
        panels=(_verdict(), _both(), _rates(), _over_time(), _kinds(), _errors(), _points()),
    )


def _sides() -> str:
    sides = ", ".join(
        f"anyIf({name}, side = '{side}') AS {side}_{name}"
        for side in ("before", "after")
        for name in ("score", "score_low", "score_high", "rate", "rate_low", "rate_high", "visits")
    )
    return f"""(
    SELECT {sides}
    FROM (SELECT side, {SCORE}, {RATE}, visits FROM {scored(f"{WHICH} AS side", _NOW)})
)"""


def _change(name: str) -> str:
    return difference("change", f"before_{name}", f"after_{name}")


def _verdict() -> Panel:
    return Panel(
        kind="table",
        title="Did it help?",
        width=24,
        height=5,
        decimals=1,
        description="After less before, in points of the friction score, with its 95 % interval. Better and worse are said only where the whole "
        "interval is on one side of 0. `Cannot say yet` asks for more visits: widen the time range or wait. Visits choose their release by "
        "time: where a campaign or an incident began at the same time (see the marks below), compare equal weekdays.",
        queries=(
            Query(
                text=f"""
            SELECT multiIf(isNull(change), 'cannot say: a release has fewer than {FEWEST} visits', change_high < 0, 'better',
                    change_low > 0, 'worse', greatest(-change_low, change_high) <= {SMALL}, 'no change worth speaking of',
                    'cannot say yet: more visits are needed') AS verdict,
                change, change_low, change_high, before_score AS before, after_score AS after,
                before_visits AS "visits before", after_visits AS "visits after"
            FROM (SELECT *, {_change("score")} FROM {_sides()})
        """
            ),
        ),
        columns=(
            Column(name="change", thresholds=_DIFFERENCE_STEPS),
            *(Column(name=f"visits {side}", decimals=0) for side in ("before", "after")),
        ),
    )


def _both() -> Panel:
    return Panel(
        kind="table",
        title="Friction score and rate of both",
        width=12,
        height=6,
        decimals=1,
        description="Both with their 95 % intervals and visits. Different numbers of visits are no trouble, different kinds of visits are: "
        "choose one device or environment above where a release went to some first.",
        queries=(
            Query(
                text=f"""
            SELECT release, {SCORE}, {RATE}, visits
            FROM {scored("toString(release) AS release", _NOW)}
            ORDER BY release
        """
            ),
        ),
        columns=tuple(Column(name=f"rate{end}", unit="percentunit", decimals=1) for end in ("", "_low", "_high")),
    )


def _rates() -> Panel:
    return Panel(
        kind="stat",
        title="Visits that struggled: after less before",
        width=12,
        height=6,
        unit="percentunit",
        decimals=1,
        thresholds=((None, BLUE), (0.01, ORANGE), (0.05, RED)),
        description="Difference of the shares with its 95 % interval (Newcombe). It can rise while the score falls: more people slowed, fewer "
        "stopped. Look at the kinds below for which.",
        queries=(
            Query(
                text=f"""
            SELECT change, change_low AS low, change_high AS high
            FROM (SELECT *, {_change("rate")} FROM {_sides()})
        """
            ),
        ),
    )


def _over_time() -> Panel:
    return Panel(
        kind="timeseries",
        title="Friction score by release",
        width=24,
        unit="none",
        decimals=1,
        least_interval="1h",
        series_name="${__field.labels.release}",
        description="Both releases on one axis; no point below 30 visits an hour. A new release that begins high and falls is people getting "
        "used to it; one that stays high is not.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT time, release, score
            FROM (SELECT time, release, {SCORE} FROM {scored("$__timeInterval(hour) AS time, toString(release) AS release", _NOW)})
            WHERE isNotNull(score)
            ORDER BY time, release
        """,
            ),
        ),
    )


def _kinds() -> Panel:
    return Panel(
        kind="barchart",
        title="What adds to the score, before and after",
        x="kind",
        unit="none",
        decimals=2,
        width=24,
        description="Points of the friction score by kind. The kind whose bars differ most is what the release changed: open the board "
        "Experience with that release chosen.",
        queries=(
            Query(
                text=f"""
            WITH (SELECT sumIf(weight, release = ${{release_a:singlequote}}) {_NOW}) AS w_before,
                (SELECT sumIf(weight, release = ${{release_b:singlequote}}) {_NOW}) AS w_after
            SELECT toString(kind) AS kind,
                if(any(w_before) > 0, sumIf(weight * points, release = ${{release_a:singlequote}}) / any(w_before), 0) AS before,
                if(any(w_after) > 0, sumIf(weight * points, release = ${{release_b:singlequote}}) / any(w_after), 0) AS after
            FROM snag_experience.board_moments
            WHERE {VISITS} AND points > 0
            GROUP BY kind
            ORDER BY greatest(before, after) DESC, kind
            LIMIT 15
        """
            ),
        ),
    )


def _errors() -> Panel:
    return Panel(
        kind="table",
        title="Errors that are new in it",
        width=24,
        height=9,
        may_be_empty=True,
        description="Errors of the release after that the one before never had in this time range, by the visits that met them. Hand the first "
        "to the release's team: with source maps (`snag sourcemaps`) `snag friction show` names the line that somebody wrote.",
        queries=(
            Query(
                text=f"""
            SELECT toString(error_type) AS type, toString(error_message) AS message, any(toString(error_place)) AS place,
                toString(page_group) AS page, uniqExactIf(session_id, release = ${{release_b:singlequote}}) AS "visits hit", min(ts) AS "first seen"
            FROM snag_experience.friction_events
            WHERE {chosen(*WHO)} AND $__timeFilter_ms(ts) AND {BOTH} AND kind IN ('page_error', 'error_click', 'error_page', 'blank_page')
              AND error_type != ''
            GROUP BY type, message, page
            HAVING countIf(release = ${{release_a:singlequote}}) = 0
            ORDER BY "visits hit" DESC, message, page
            LIMIT 25
        """
            ),
        ),
        columns=(
            Column(
                name="message", link=to_board("snag-experience") + "&var-release=${release_b}", link_title="Experience"
            ),
        ),
    )


def _points() -> Panel:
    return Panel(
        kind="table",
        title="Friction points that changed most",
        width=24,
        height=9,
        decimals=2,
        may_be_empty=True,
        description="Points of the score, before and after, by page, kind and element; the largest change first. What fell is what the release "
        "mended: close its loop with `snag feedback fixed`.",
        queries=(
            Query(
                text=f"""
            WITH (SELECT sumIf(weight, release = ${{release_a:singlequote}}) {_NOW}) AS w_before,
                (SELECT sumIf(weight, release = ${{release_b:singlequote}}) {_NOW}) AS w_after
            SELECT toString(page_group) AS page, toString(kind) AS what, any(if(target_name != '', target_name, target)) AS element,
                if(any(w_before) > 0, sumIf(weight * points, release = ${{release_a:singlequote}}) / any(w_before), 0) AS before,
                if(any(w_after) > 0, sumIf(weight * points, release = ${{release_b:singlequote}}) / any(w_after), 0) AS after,
                after - before AS change, uniqExact(session_id) AS "visits hit"
            FROM snag_experience.board_moments
            WHERE {VISITS} AND points > 0
            GROUP BY page, what, friction_point
            ORDER BY abs(change) DESC, page, what
            LIMIT 25
        """
            ),
        ),
        columns=(
            Column(name="change", thresholds=((None, BLUE), (0.5, ORANGE), (2.0, RED))),
            Column(name="visits hit", decimals=0),
        ),
    )
