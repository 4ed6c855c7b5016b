-- One row: a step of the journey {journey:String} as a row of funnel_steps_1d: the visits that entered the journey on the day
-- (UTC) that begins at {day:DateTime64(3)}. As funnel.sql, which counts any stretch of time. {app:String}, {built:DateTime64(3)}.
WITH
    visits AS (
        SELECT session_id, traffic_source, weight, steps, reached, length(reached) = length(steps) AS completed
        FROM (
            SELECT v.session_id AS session_id, any(v.traffic_source) AS traffic_source, any(d.steps) AS steps,
                1 / max(if(v.sample_rate > 0, v.sample_rate, 1)) AS weight,
                arraySort(groupArrayArray(arrayMap(i -> (v.ts, i), arrayFilter(
                    i -> v.journey IN ('', d.journey) AND (v.step = d.steps[i] AND v.journey = d.journey OR arrayExists(
                        p -> v.page_group LIKE replaceAll(replaceAll(replaceAll(replaceAll(p, '\\', '\\\\'), '_', '\\_'), '%', '\\%'), '*', '%'),
                        d.pages[i])),
                    arrayEnumerate(d.steps))))) AS seen,
                arrayFold((done, one) -> if(one.2 = length(done) + 1, arrayPushBack(done, one.1), done), seen,
                    CAST([], 'Array(DateTime64(3, \'UTC\'))')) AS reached
            FROM snag_experience.page_views AS v FINAL
            CROSS JOIN (
                SELECT * FROM snag_experience.journey_definitions FINAL
                WHERE journey = {journey:String} AND app IN ('', {app:String}) ORDER BY app DESC LIMIT 1
            ) AS d
            WHERE v.app = {app:String} AND NOT v.is_bot
              AND v.ts >= {day:DateTime64(3)} - toIntervalHour({visit_hours:UInt8}) AND v.ts < {day:DateTime64(3)} + toIntervalHour({visit_hours:UInt8} + 24)
            GROUP BY session_id
        )
        WHERE notEmpty(reached) AND reached[1] >= {day:DateTime64(3)} AND reached[1] < {day:DateTime64(3)} + INTERVAL 1 DAY
    ),
    met AS (
        SELECT session_id AS met_session, `moments.ts` AS at, `moments.load` AS loads, `moments.severity` AS severities
        FROM snag_experience.friction_sessions FINAL
        WHERE app = {app:String} AND hour >= {day:DateTime64(3)} - toIntervalHour({visit_hours:UInt8} + 1) AND hour < {day:DateTime64(3)} + toIntervalHour({visit_hours:UInt8} + 24) AND load > 0
    ),
    agreed AS (
        SELECT session_id AS agreed_session, min(ts) AS began, 1 AS linkable
        FROM snag_experience.page_views
        WHERE app = {app:String} AND consent = 'full'
          AND ts >= {day:DateTime64(3)} - toIntervalHour({visit_hours:UInt8}) AND ts < {day:DateTime64(3)} + toIntervalHour({visit_hours:UInt8} + 24)
        GROUP BY session_id
    ),
    linked AS (
        SELECT DISTINCT agreed_session AS linked_session, 1 AS called
        FROM snag_experience.support_contacts AS c FINAL
        GLOBAL INNER JOIN agreed ON substring(toString(agreed_session), 1, 8) = substring(c.session_ref, 1, 8)
        WHERE c.session_ref != '' AND startsWith(toString(agreed_session), c.session_ref)
          AND c.created_ts >= began AND c.created_ts < began + toIntervalHour({linked_hours:UInt16})
    )
SELECT {app:String} AS of_app, {journey:String} AS of_journey, toDate({day:DateTime64(3)}) AS of_day, traffic_source, position,
    any(steps[position]) AS name, count() AS visits, sum(weight) AS w, countIf(is_done) AS done, sumIf(weight, is_done) AS w_done,
    countIf(is_through) AS through, quantilesTDigestIfState(0.5, 0.95)(toFloat64(took), toUInt8(took BETWEEN 0 AND 900)) AS took_s,
    sum(weight * weight) AS ww, sum(weight * score) AS ws, sum(weight * weight * score) AS wws,
    sum(weight * weight * score * score) AS wwss, countIf(score > 0) AS hits, countIf(is_hit) AS struggled,
    sumIf(weight, is_hit) AS w_struggled, sum(linkable) AS linkables, sum(called) AS callers, {built:DateTime64(3)} AS built_ts
FROM (
    SELECT v.traffic_source AS traffic_source, v.weight AS weight, v.steps AS steps, position,
        position < length(reached) OR completed AS is_done, completed AS is_through,
        if(position < length(reached), dateDiff('millisecond', reached[position], reached[position + 1]) / 1000, -1) AS took,
        arrayMap((t, l) -> if(t >= reached[position] AND (position = length(reached) OR t < reached[position + 1]), l, 0), at, loads) AS here,
        100 * least(arraySum(here), {full_load:Float64}) / {full_load:Float64} AS score,
        arrayExists((l, s) -> l > 0 AND s >= {struggled:UInt8}, here, severities) AS is_hit, linkable, called
    FROM visits AS v
    LEFT JOIN met ON met_session = v.session_id
    LEFT JOIN agreed ON agreed_session = v.session_id
    LEFT JOIN linked ON linked_session = v.session_id
    ARRAY JOIN arrayEnumerate(reached) AS position
)
GROUP BY traffic_source, position
