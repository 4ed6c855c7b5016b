-- One row: a friction point in a step of the journey {journey:String} as a row of funnel_points_1d: of the visits that entered
-- the journey on the day (UTC) that begins at {day:DateTime64(3)}. {app:String}, {built:DateTime64(3)}.
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
        SELECT session_id AS met_session, `moments.ts` AS at, `moments.fingerprint` AS points, `moments.page_group` AS page,
            `moments.kind` AS kind, if(`moments.target_name` != '', `moments.target_name`, `moments.target`) AS target
        FROM snag_experience.friction_sessions FINAL
        ARRAY JOIN moments.ts, moments.fingerprint, moments.page_group, moments.kind, moments.target, moments.target_name, moments.load
        WHERE app = {app:String} AND hour >= {day:DateTime64(3)} - toIntervalHour({visit_hours:UInt8} + 1) AND hour < {day:DateTime64(3)} + toIntervalHour({visit_hours:UInt8} + 24)
          AND `moments.load` > 0
    )
SELECT {app:String} AS of_app, {journey:String} AS of_journey, toDate({day:DateTime64(3)}) AS of_day, traffic_source, position,
    points AS point, any(steps[position]) AS name, any(page) AS page_group, any(kind) AS of_kind, any(target) AS element,
    uniqExact(session_id) AS exposed, uniqExactIf(session_id, completed) AS exposed_through, {built:DateTime64(3)} AS built_ts
FROM visits
INNER JOIN met ON met_session = session_id
ARRAY JOIN arrayEnumerate(reached) AS position
WHERE at >= reached[position] AND (position = length(reached) OR at < reached[position + 1])
GROUP BY traffic_source, position, point
