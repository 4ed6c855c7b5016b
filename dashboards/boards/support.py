"""For support leads: are there more contacts than usual, and is the site why."""

from __future__ import annotations

from dashboards.intervals import FEWEST, wilson
from dashboards.model import BLUE, ORANGE, RED, Board, Column, Panel, Query
from dashboards.scope import APP, DATASOURCE, ENV, MARKS, TRAFFIC, chosen, hours, to_board

WHO = ("app", "env")
_INBOUND = "FROM snag_experience.metric_contacts WHERE $__timeFilter_ms(created_ts)"
_STANDING = (
    "state = 'standing' AND start_ts <= $__toTime() AND end_ts >= $__fromTime()"
    " AND $__conditionalAll(app IN (${app:singlequote}), $app)"
)
_SPAN = "toIntervalSecond(toUnixTimestamp($__toTime()) - toUnixTimestamp($__fromTime()))"
MOST_LAG = 24
"""Hours: who gets stuck calls within a day."""

VERDICTS = (
    "transform(toString(verdict), ['friction', 'infrastructure', 'traffic', 'event', 'unexplained'], ["
    "'they follow site friction', 'they follow infrastructure', 'more visitors, not more trouble', 'they follow a known event', "
    "'nothing on the site explains them'], 'could not be judged')"
)


def board() -> Board:
    """Support."""
    return Board(
        uid="snag-support",
        title="Support",
        since="now-7d",
        annotations=MARKS,
        variables=(DATASOURCE, APP, ENV, TRAFFIC),
        description="Whether contacts are above the usual, what they follow, and what else it could be",
        panels=(
            _now(),
            _contacts(),
            _rivals(),
            _both(),
            _lag(),
            _reasons(),
            _channels(),
            Panel(kind="row", title="The desk"),
            _service(),
            _surveys(),
            _loops(),
            _freshness(),
        ),
    )


def _now() -> Panel:
    return Panel(
        kind="table",
        title="Contact surges",
        width=24,
        height=9,
        decimals=0,
        may_be_empty=True,
        description="Newest first: how many more contacts than such a time usually brings, and what they follow, never more than that: it "
        "is an association, with its error rate q. Follows friction: hand page and kind to the team of the site and ask them for the board "
        "Experience. Nothing on the site: look at what you sent out and billed. Empty is good news only up to the time in How far each source is complete.",
        queries=(
            Query(
                text=f"""
            SELECT start_ts AS began, end_ts AS ended, concat('Contacts are ', if(expected > 0, concat(toString(round(observed / expected, 1)),
                    '× the usual'), 'there where usually there are none'), ' (+', toString(toInt64(round(extra))), '): ', {VERDICTS},
                    if(event = '', '', concat(': ', event)), '.', if(insufficient = '', '', concat(' Not judged in full: ', insufficient, '.')))
                    AS verdict_in_words,
                extra, extra_low, extra_high, replaceAll(toString(first_key), '|', ', ') AS "follows best",
                lag_s / 60 AS "minutes before", q, attributed, to_come AS "expected in four hours"
            FROM snag_experience.contact_surges_now
            WHERE {_STANDING}
            ORDER BY began DESC
            LIMIT 20
        """
            ),
        ),
        columns=(
            Column(name="began", width=160),
            Column(name="ended", width=160),
            Column(name="q", decimals=3),
            Column(name="verdict_in_words", width=420),
            Column(name="extra", thresholds=((None, BLUE), (20.0, ORANGE), (100.0, RED))),
            Column(name="follows best", link=to_board("snag-experience"), link_title="Experience"),
        ),
    )


def _contacts() -> Panel:
    return Panel(
        kind="timeseries",
        title="Contacts and visits with friction",
        width=24,
        height=9,
        unit="short",
        least_interval="1h",
        description="Contacts of all channels (left) and visits that met friction (right), each hour. Where the right line rises before the left "
        "one, see whether a surge above says so too: two lines that rise together every evening prove nothing.",
        columns=(Column(name="visits with friction", on_the_right=True),),
        queries=(
            Query(
                series=True,
                text=f"""
                SELECT $__timeInterval(created_ts) AS time, count() AS contacts
                {_INBOUND}
                GROUP BY time
                ORDER BY time WITH FILL
                    FROM toStartOfInterval($__fromTime(), toIntervalSecond($__interval_s())) TO $__toTime() STEP $__interval_s()
            """,
            ),
            Query(
                series=True,
                text=f"""
                SELECT $__timeInterval(bucket) AS time, uniqMerge(sessions) AS "visits with friction"
                FROM snag_experience.friction_1h FINAL
                WHERE {chosen(*WHO)} AND {hours()} AND kind != 'input_refused'
                GROUP BY time
                ORDER BY time
            """,
            ),
        ),
    )


def _rivals() -> Panel:
    return Panel(
        kind="table",
        title="What else it could be",
        width=24,
        height=7,
        may_be_empty=True,
        description="For each surge, every cause that was looked at: holds, ruled out, or could not be checked, and why. A verdict without "
        "its rivals ruled out is weak: get the data that could not be checked.",
        queries=(
            Query(
                text=f"""
            SELECT s.start_ts AS began, toString(c.cause) AS cause, toString(c.state) AS state, c.reason AS "what was tested", c.q AS q
            FROM snag_experience.contact_surge_causes AS c FINAL
            GLOBAL INNER JOIN (
                SELECT app, surge_id, version, start_ts FROM snag_experience.contact_surges_now WHERE {_STANDING}
            ) AS s ON s.app = c.app AND s.surge_id = c.surge_id AND s.version = c.version
            WHERE c.key = ''
            ORDER BY began DESC, cause
            LIMIT 50
        """
            ),
        ),
        columns=(Column(name="began", width=160), Column(name="q", decimals=3)),
    )


def _both() -> Panel:
    return Panel(
        kind="timeseries",
        title="Contacts and friction for 1,000 visits",
        width=12,
        height=9,
        unit="none",
        decimals=1,
        least_interval="1h",
        description="Both for 1,000 visits, so that mere traffic moves neither; nothing below 30 visits an hour. Contacts up and friction flat: "
        "the site is not why.",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT time, 1000 * contacts / visits AS "contacts for 1,000 visits", 1000 * hit / visits AS "visits with friction in 1,000"
            FROM (
                SELECT $__timeInterval(bucket) AS time, uniqMerge(sessions) AS visits
                FROM snag_experience.sessions_1h FINAL WHERE {chosen(*WHO)} AND {hours()} GROUP BY time
            ) AS v
            LEFT JOIN (
                SELECT $__timeInterval(bucket) AS of_friction, uniqMerge(sessions) AS hit
                FROM snag_experience.friction_1h FINAL
                WHERE {chosen(*WHO)} AND {hours()} AND kind != 'input_refused' GROUP BY of_friction
            ) AS f ON of_friction = time
            LEFT JOIN (
                SELECT $__timeInterval(created_ts) AS of_contacts, count() AS contacts {_INBOUND} GROUP BY of_contacts
            ) AS c ON of_contacts = time
            WHERE visits >= {FEWEST}
            ORDER BY time
        """,
            ),
        ),
    )


def _lag() -> Panel:
    return Panel(
        kind="barchart",
        title="How long after friction contacts come",
        width=12,
        height=9,
        x="hours",
        unit="none",
        decimals=2,
        description="How closely contacts follow visits with friction so many hours later (Spearman's rank correlation of what is beyond "
        "each hour's usual, −1 to 1); the best lag stands out. Needs three days; choose seven. It suggests when to staff the desk. "
        "Whether there is a link at all is for the surges above to say.",
        queries=(
            Query(
                text=f"""
            WITH
                toStartOfHour(toDateTime($__fromTime(), 'UTC')) AS first,
                toUInt32(greatest(0, dateDiff('hour', first, toDateTime($__toTime(), 'UTC')))) AS n,
                met AS (
                    SELECT dateDiff('hour', first, bucket) AS place, toFloat64(uniqMerge(sessions)) AS hit
                    FROM snag_experience.friction_1h FINAL
                    WHERE {chosen(*WHO)} AND {hours()} AND kind != 'input_refused' GROUP BY place
                ),
                called AS (
                    SELECT dateDiff('hour', first, toDateTime(created_ts, 'UTC')) AS place, toFloat64(count()) AS contacts
                    {_INBOUND} GROUP BY place
                ),
                beyond AS (
                    SELECT place, hit - avg(hit) OVER (PARTITION BY place % 24) AS more_hit,
                        contacts - avg(contacts) OVER (PARTITION BY place % 24) AS more_contacts
                    FROM (SELECT arrayJoin(range(n)) AS place) AS every
                    LEFT JOIN met USING (place) LEFT JOIN called USING (place)
                )
            SELECT toString(hours) AS hours, rho AS correlation, if(rho = max(rho) OVER () AND rho > 0, rho, NULL) AS "best lag"
            FROM (
                SELECT lag AS hours, arrayReduce('rankCorr', arraySlice(x, 1, length(x) - lag), arraySlice(y, lag + 1)) AS rho
                FROM (
                    SELECT arrayMap(one -> one.2, series) AS x, arrayMap(one -> one.3, series) AS y
                    FROM (SELECT arraySort(groupArray((place, more_hit, more_contacts))) AS series FROM beyond)
                    WHERE length(series) >= 72 AND arrayUniq(x) > 1 AND arrayUniq(y) > 1
                )
                ARRAY JOIN range(0, {MOST_LAG + 1}) AS lag
            )
            ORDER BY toUInt8(hours)
        """
            ),
        ),
        may_be_empty=True,
    )


def _reasons() -> Panel:
    return Panel(
        kind="table",
        title="Reasons, against the same time before",
        width=14,
        height=9,
        decimals=1,
        description="Contacts by reason in the time range and in an equally long one before it. The reason that grew most is where to begin: "
        "`snag feedback found` joins it with a friction point and follows both until a fix is proven.",
        queries=(
            Query(
                text=f"""
            SELECT if(contact_reason = '', '(untagged)', toString(contact_reason)) AS reason,
                countIf(created_ts >= $__fromTime_ms()) AS contacts, countIf(created_ts < $__fromTime_ms()) AS before,
                toInt64(contacts) - toInt64(before) AS change
            FROM snag_experience.metric_contacts
            WHERE created_ts >= $__fromTime_ms() - {_SPAN} AND created_ts <= $__toTime_ms()
            GROUP BY reason
            ORDER BY change DESC, contacts DESC, reason
            LIMIT 20
        """
            ),
        ),
        columns=(
            Column(name="change", decimals=0, thresholds=((None, BLUE), (10.0, ORANGE), (50.0, RED))),
            *(Column(name=name, decimals=0) for name in ("contacts", "before")),
        ),
    )


def _channels() -> Panel:
    return Panel(
        kind="timeseries",
        title="Contacts by channel",
        width=10,
        height=9,
        unit="short",
        least_interval="1h",
        bars=True,
        stacked=True,
        series_name="${__field.labels.channel}",
        description="A channel that grows alone while the others stay: look at that channel first (an outage of the phone, a new form).",
        queries=(
            Query(
                series=True,
                text=f"""
            SELECT $__timeInterval(created_ts) AS time, toString(channel) AS channel, count() AS contacts
            {_INBOUND}
            GROUP BY time, channel
            ORDER BY time, channel
        """,
            ),
        ),
    )


def _seconds(name: str, end: str) -> str:
    took = f"if(isNull({end}), 1e12, toFloat64(dateDiff('millisecond', created_ts, {end})) / 1000)"
    median = f"quantileExact(0.5)({took})"
    return f"""
        SELECT '{name}' AS number, if(count() >= {FEWEST} AND {median} < 1e11, {median}, NULL) AS seconds, NULL AS share,
            NULL AS share_low, NULL AS share_high, count() AS n
        {_INBOUND}"""


def _share(name: str, hits: str, n: str, rows: str) -> str:
    return f"""
        SELECT '{name}' AS number, NULL AS seconds, {wilson("hits", "rows", "share")}, rows AS n
        FROM (SELECT toUInt64(ifNull({hits}, 0)) AS hits, toUInt64(ifNull({n}, 0)) AS rows {rows})"""


def _service() -> Panel:
    service = "FROM snag_experience.metric_service WHERE $__timeFilter_ms(interval_start_ts)"
    handled = "isNotNull(sum_handle_s) AND isNotNull(answered)"
    numbers = (
        _seconds("median first response (open ones took longer)", "replied_ts"),
        _seconds("median time to first resolution (open ones took longer)", "first_resolved_ts"),
        f"""
        SELECT 'average handling time' AS number, if(n >= {FEWEST}, sumIf(sum_handle_s, {handled}) / n, NULL) AS seconds, NULL AS share,
            NULL AS share_low, NULL AS share_high, toUInt64(ifNull(sumIf(answered, {handled}), 0)) AS n
        FROM snag_experience.support_contact_intervals FINAL WHERE $__timeFilter_ms(interval_start_ts)""",
        _share(
            "solved in one touch (FCR)",
            "countIf(is_solved AND agent_replies <= 1 AND reopens = 0)",
            "countIf(is_solved AND isNotNull(agent_replies) AND isNotNull(reopens))",
            _INBOUND,
        ),
        _share(
            "escalated",
            "countIf(escalated = 1 AND NOT is_abandoned)",
            "countIf(isNotNull(escalated) AND NOT is_abandoned)",
            _INBOUND,
        ),
        _share(
            "service level",
            "sumIf(answered_in_threshold, threshold_s > 0)",
            "sumIf(offered, threshold_s > 0 AND isNotNull(answered_in_threshold))",
            service,
        ),
        _share("gave up waiting", "sum(abandoned)", "sumIf(offered, isNotNull(abandoned))", service),
    )
    return Panel(
        kind="table",
        title="Service numbers",
        width=14,
        height=10,
        description="Each with its 95 % interval where it is a share, and what it was counted from; nothing below 30. `snag metrics` has all of "
        "them with intervals of the medians, by channel and on the business clock; docs/metrics.md says how each is counted.",
        queries=(Query(text="SELECT * FROM (" + "\n        UNION ALL".join(numbers) + ")\nORDER BY number"),),
        columns=(
            Column(name="seconds", unit="s", decimals=0),
            *(Column(name=f"share{end}", unit="percentunit", decimals=1) for end in ("", "_low", "_high")),
        ),
    )


def _surveys() -> Panel:
    return Panel(
        kind="table",
        title="What customers answered",
        width=10,
        height=10,
        description="Share of good answers (CSAT the best two of five, CES 5 to 7 of 7, NPS 9 and 10 of 10), with its 95 % interval. Wordings are "
        "never mixed. `snag metrics quadrant` puts it beside what was observed, page by page.",
        queries=(
            Query(
                text=f"""
            SELECT metric, question, {wilson("good", "answers", "share")}, answers
            FROM (
                SELECT metric, concat(toString(question_version), ' ', scale) AS question, countIf(is_valid) AS answers,
                    countIf(is_valid AND better_score >= multiIf(metric = 'csat', 4, metric = 'ces', 5, 9)) AS good
                FROM snag_experience.metric_surveys
                WHERE $__timeFilter_ms(ts) AND metric IN ('nps', 'csat', 'ces') AND $__conditionalAll(app IN (${{app:singlequote}}), $app)
                  AND scale IN ('0-10', '1-5', '1-7')
                GROUP BY metric, question
            )
            ORDER BY metric, question
        """
            ),
        ),
        may_be_empty=True,
        columns=tuple(Column(name=f"share{end}", unit="percentunit", decimals=1) for end in ("", "_low", "_high")),
    )


def _loops() -> Panel:
    return Panel(
        kind="table",
        title="From a reason to a fix",
        width=14,
        height=7,
        may_be_empty=True,
        description="Reasons of contacts that were joined with a friction point, and how far each is: found, owned, fixed, verified. One without "
        "an owner: `snag feedback owned`. One that is fixed and not verified within a week did not help.",
        queries=(
            Query(
                text="""
            SELECT toString(contact_reason) AS reason, concat(toString(page_group), ', ', toString(kind)) AS "friction point",
                toString(state) AS state, owner, toString(release) AS release, began_ts AS since
            FROM snag_experience.feedback_links FINAL
            WHERE $__conditionalAll(app IN (${app:singlequote}), $app) AND began_ts <= $__toTime() AND ifNull(verified_ts, $__toTime_ms()) >= $__fromTime()
            ORDER BY since DESC
            LIMIT 50
        """
            ),
        ),
        columns=(Column(name="friction point", link=to_board("snag-experience"), link_title="Experience"),),
    )


def _freshness() -> Panel:
    return Panel(
        kind="table",
        title="How far each source is complete",
        width=10,
        height=7,
        description="Nothing past it is judged. A source that lags by hours: its webhook or pull no longer works (runbook SnagContactsStale).",
        queries=(
            Query(
                text="""
            SELECT toString(source) AS source, toString(stream) AS stream, complete_through_ts AS "complete through",
                greatest(0, dateDiff('second', complete_through_ts, $__toTime())) AS behind
            FROM snag_experience.import_watermarks FINAL
            WHERE stream != 'pull' AND updated_ts >= $__fromTime() - INTERVAL 400 DAY
            ORDER BY behind DESC, source, stream
        """
            ),
        ),
        columns=(Column(name="behind", unit="s", thresholds=((None, BLUE), (3600.0, ORANGE), (21600.0, RED))),),
    )
