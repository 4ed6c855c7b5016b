-- One row: a friction point in a step of the journey {journey:String}: visits of the step, those of them that completed the
-- journey, visits that met the point there, and those of them that completed; the page, kind and element.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
WITH
    visits AS (
        SELECT session_id, steps, reached, completed
        FROM snag_experience.journey_visits
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND journey = {journey:String}
          AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    ),
    met AS (
        SELECT session_id AS met_session, `moments.ts` AS at, `moments.fingerprint` AS points, `moments.page_group` AS page,
            `moments.kind` AS kind, if(`moments.target_name` != '', `moments.target_name`, `moments.target`) AS target
        FROM snag_experience.friction_sessions FINAL
        ARRAY JOIN moments.ts, moments.fingerprint, moments.page_group, moments.kind, moments.target, moments.target_name, moments.load
        WHERE app = {app:String} AND hour >= toStartOfHour({start:DateTime64(3)}) - INTERVAL 4 HOUR AND hour < {end:DateTime64(3)}
          AND `moments.load` > 0
    ),
    totals AS (
        SELECT position AS of_position, count() AS entered, countIf(completed) AS through
        FROM visits ARRAY JOIN arrayEnumerate(reached) AS position
        GROUP BY position
    )
SELECT position, name, point, page_group, of_kind, element, entered, through, exposed, exposed_through
FROM (
    SELECT position, any(steps[position]) AS name, points AS point, any(page) AS page_group, any(kind) AS of_kind, any(target) AS element,
        uniqExact(session_id) AS exposed, uniqExactIf(session_id, completed) AS exposed_through
    FROM visits
    INNER JOIN met ON met_session = session_id
    ARRAY JOIN arrayEnumerate(reached) AS position
    WHERE at >= reached[position] AND (position = length(reached) OR at < reached[position + 1])
    GROUP BY position, point
) AS met_there
INNER JOIN totals ON of_position = position
ORDER BY exposed DESC, position, point
LIMIT 200
