"""For UX teams: where people struggle most, whose fault it is, and whether it is getting better."""

from __future__ import annotations

from dashboards.intervals import FEWEST, RATE, SCORE, scored, wilson
from dashboards.model import BLUE, ORANGE, RED, Board, Column, Panel, Query
from dashboards.scope import CHOSEN, MARKS, VISITS, WHO, chosen, hours, to_board

SCORE_STEPS = ((None, BLUE), (10.0, ORANGE), (25.0, RED))
"""A score of 10 is one visit in ten blocked, or one in three slowed: worth a look. At 25 the site is in trouble."""

RATE_STEPS = ((None, BLUE), (0.15, ORANGE), (0.3, RED))
_NOW = f"FROM snag_experience.board_visits WHERE {VISITS}"
_PARTS = f"""FROM (
    SELECT weight, score, hit, arrayJoin([
        ('device', toString(device)), ('browser', toString(browser_family)), ('country', toString(country)),
        ('release', toString(release)), ('variant', toString(variant)), ('setting', toString(user_setting))
    ]) AS part
    {_NOW}
) WHERE part.2 != ''"""
_LINE = Column(name="low", no_line=True), Column(name="high", band_to="low")


def board() -> Board:
    """Experience."""
    return Board(
        uid="snag-experience",
        title="Experience",
        variables=WHO,
        annotations=MARKS,
        description="Where people get stuck most, whose fault it is and why we say so",
        panels=(
            _score(),
            _rate(),
            _over_time(),
            _rate_over_time(),
            _row("Where, and whose fault"),
            _points(),
            _causes(),
            _kinds(),
            _pages(),
            _row("Who struggles more"),
            _segments(),
            _visits(),
        ),
    )


def _row(title: str) -> Panel:
    return Panel(kind="row", title=title)


def _score() -> Panel:
    return Panel(
        kind="stat",
        title="Friction score",
        width=6,
        height=6,
        unit="none",
        decimals=1,
        thresholds=SCORE_STEPS,
        description="0: nobody struggled, 100: everybody was blocked; with its 95 % interval and the visits it rests on. "
        "From 10 on, look at the friction points below and begin with the first.",
        queries=(
            Query(
                text=f"""
            SELECT {SCORE}, visits
            FROM {scored("", _NOW)}
        """
            ),
        ),
        columns=(Column(name="visits", decimals=0, thresholds=((None, BLUE),)),),
    )


def _rate() -> Panel:
    return Panel(
        kind="stat",
        title="Visits that struggled",
        width=6,
        height=6,
        unit="percentunit",
        decimals=1,
        thresholds=RATE_STEPS,
        description="Share of visits with a moment that slowed them, made them repeat or go round, or blocked them; with its 95 % "
        "interval. Where it is high and the score is low, many are annoyed and few are stopped: begin with what is most frequent.",
        queries=(
            Query(
                text=f"""
            SELECT {RATE}, visits
            FROM {scored("", _NOW)}
        """
            ),
        ),
        columns=(Column(name="visits", unit="none", decimals=0, thresholds=((None, BLUE),)),),
    )


def _over_time() -> Panel:
    return Panel(
        kind="timeseries",
        title="Friction score over time",
        unit="none",
        decimals=1,
        height=6,
        least_interval="1h",
        thresholds=SCORE_STEPS,
        columns=_LINE,
        description="Per hour or coarser, with its 95 % interval; no point where fewer than 30 visits began. If it rises at a mark of a "
        "release, open the board Release; if at an incident, look there first.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT time, score AS "friction score", score_low AS low, score_high AS high
            FROM (
                SELECT time, {SCORE}
                FROM {scored("$__timeInterval(hour) AS time", _NOW)}
            )
            WHERE isNotNull(score)
            ORDER BY time
        """,
            ),
        ),
    )


def _rate_over_time() -> Panel:
    return Panel(
        kind="timeseries",
        title="Visits that met friction, by kind",
        unit="short",
        width=24,
        height=8,
        least_interval="1h",
        series_name="${__field.labels.kind}",
        description="Distinct visits, not events: one person clicking ten times is one. A kind that rises alone points at one "
        "cause: filter the friction points below by that time.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT $__timeInterval(bucket) AS time, toString(kind) AS kind, uniqMerge(sessions) AS visits
            FROM snag_experience.friction_1h FINAL
            WHERE {chosen(*CHOSEN)} AND {hours()} AND kind != 'input_refused'
            GROUP BY time, kind
            ORDER BY time, kind
        """,
            ),
        ),
    )


def _points() -> Panel:
    return Panel(
        kind="table",
        title="Friction points: what adds most to the score",
        width=24,
        height=11,
        decimals=2,
        description="One row is one thing that goes wrong at one element of one page. Points are its part of the friction score. Begin "
        "with the first: `snag friction show FINGERPRINT` says why it was judged so and shows three visits. A usability cause is "
        "for design, a technical issue for the team of the release, infrastructure for operations.",
        queries=(
            Query(
                text=f"""
            WITH (SELECT sum(weight) {_NOW}) AS all_weight, (SELECT count() {_NOW}) AS all_visits
            SELECT page, what, element, cause, rule, "visits hit", left, added AS points,
                if(all_visits >= {FEWEST}, "visits hit" / all_visits, NULL) AS "share of visits", fingerprint
            FROM (
                SELECT toString(page_group) AS page, toString(kind) AS what,
                    any(if(target_name != '', target_name, target)) AS element,
                    topK(1)(toString(cause_class))[1] AS cause, topK(1)(toString(cause_rule))[1] AS rule,
                    uniqExact(session_id) AS "visits hit", uniqExactIf(session_id, blocked) AS left,
                    sum(weight * points) / any(all_weight) AS added, friction_point AS fingerprint
                FROM snag_experience.board_moments
                WHERE {VISITS} AND points > 0
                GROUP BY page, what, fingerprint
            )
            ORDER BY points DESC, "visits hit" DESC, fingerprint
            LIMIT 25
        """
            ),
        ),
        columns=(
            Column(name="points", thresholds=((None, BLUE), (1.0, ORANGE), (5.0, RED))),
            Column(name="share of visits", unit="percentunit", decimals=1),
            Column(name="visits hit", decimals=0),
            Column(name="left", decimals=0),
            Column(name="page", link=to_board("snag-support"), link_title="Do people call about it?"),
        ),
    )


def _causes() -> Panel:
    return Panel(
        kind="barchart",
        title="Whose fault",
        x="cause",
        unit="none",
        decimals=2,
        width=8,
        description="What each class of cause adds to the friction score; together they are the score. User error is its own class: "
        "help people there instead of looking for a bug. Much that is unclassified: judge it with `snag friction override`.",
        queries=(
            Query(
                text=f"""
            WITH (SELECT sum(weight) {_NOW}) AS all_weight
            SELECT if(cause_class = '', 'unclassified', toString(cause_class)) AS cause, sum(weight * points) / any(all_weight) AS added
            FROM snag_experience.board_moments
            WHERE {VISITS} AND points > 0
            GROUP BY cause
            ORDER BY added DESC, cause
        """
            ),
        ),
    )


def _kinds() -> Panel:
    return Panel(
        kind="barchart",
        title="What happened",
        x="kind",
        unit="none",
        decimals=2,
        width=16,
        description="What each kind of friction adds to the score. Rage and dead clicks ask for a look at the element, page errors and "
        "failed actions for a look at the release, slow steps for the board Vitals.",
        queries=(
            Query(
                text=f"""
            WITH (SELECT sum(weight) {_NOW}) AS all_weight
            SELECT toString(kind) AS kind, sum(weight * points) / any(all_weight) AS added
            FROM snag_experience.board_moments
            WHERE {VISITS} AND points > 0
            GROUP BY kind
            ORDER BY added DESC, kind
            LIMIT 15
        """
            ),
        ),
    )


def _pages() -> Panel:
    return Panel(
        kind="table",
        title="Pages by their visits with friction",
        width=24,
        height=9,
        description="Of the visits to a page, the share that met friction there, with its 95 % interval. A page with a high lower end "
        "needs work whatever its traffic; open the board Journeys to see whether it lies on the way to a purchase.",
        queries=(
            Query(
                text=f"""
            SELECT page, hit AS "visits hit", views AS visits, {wilson("hit", "views", "share")}
            FROM (
                SELECT page, hit, greatest(p.visits, hit) AS views
                FROM (
                    SELECT toString(page_group) AS page, uniqMerge(sessions) AS hit
                    FROM snag_experience.friction_1h FINAL
                    WHERE {chosen(*CHOSEN)} AND {hours()} AND kind != 'input_refused'
                    GROUP BY page
                ) AS f
                LEFT JOIN (
                    SELECT toString(page_group) AS of_page, uniqMerge(sessions) AS visits
                    FROM snag_experience.pages_1h FINAL
                    WHERE {chosen(*CHOSEN)} AND {hours()}
                    GROUP BY of_page
                ) AS p ON of_page = page
            )
            ORDER BY share_low DESC NULLS LAST, hit DESC, page
            LIMIT 25
        """
            ),
        ),
        columns=(
            *(Column(name=f"share{end}", unit="percentunit", decimals=1) for end in ("", "_low", "_high")),
            Column(name="page", link=to_board("snag-journeys"), link_title="Journeys"),
        ),
    )


def _segments() -> Panel:
    return Panel(
        kind="table",
        title="By device, browser, country, release, variant and setting",
        width=24,
        height=10,
        decimals=1,
        description="The friction score of each part of the visits with its 95 % interval; parts below 30 visits are left out. Two parts "
        "whose intervals do not meet do differ: look at the friction points with that part chosen above.",
        queries=(
            Query(
                text=f"""
            SELECT dimension, value, {SCORE}, visits
            FROM {scored("part.1 AS dimension, part.2 AS value", _PARTS, having=f" AND visits >= {FEWEST}")}
            ORDER BY dimension, score DESC, value
            LIMIT 60
        """
            ),
        ),
        columns=(Column(name="score", thresholds=SCORE_STEPS), Column(name="visits", decimals=0)),
    )


def _visits() -> Panel:
    return Panel(
        kind="table",
        title="Visits that struggled most",
        width=24,
        height=9,
        may_be_empty=True,
        description="What they met, in order. A visit is a tab's life and no person. Read three of them before you decide what to change: "
        "`snag friction show FINGERPRINT` tells what they did in between.",
        queries=(
            Query(
                text=f"""
            SELECT began, toString(device) AS device, round(any(points_of_visit), 0) AS score,
                arrayStringConcat(arrayMap(one -> one.2, arraySort(groupArray((at, concat(toString(kind), ' on ', toString(page_group)))))), ', ')
                    AS "what they met"
            FROM (
                SELECT session_id, ts AS began, device, at, kind, page_group, sum(points) OVER (PARTITION BY session_id) AS points_of_visit
                FROM snag_experience.board_moments
                WHERE {VISITS} AND points > 0
            )
            GROUP BY session_id, began, device
            ORDER BY score DESC, began DESC
            LIMIT 10
        """
            ),
        ),
        columns=(Column(name="began", width=180), Column(name="device", width=90), Column(name="score", width=80)),
    )
