-- One row: a friction point in a step of the journey {journey:String}: place and name of the step, fingerprint, page, kind, element,
-- visits that met it there, and those of them that completed the journey.
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
            `moments.kind` AS of_kind, if(`moments.target_name` != '', `moments.target_name`, `moments.target`) AS target
        FROM snag_experience.friction_sessions FINAL
        ARRAY JOIN moments.ts, moments.fingerprint, moments.page_group, moments.kind, moments.target, moments.target_name, moments.load
        WHERE app = {app:String} AND hour >= toStartOfHour({start:DateTime64(3)}) - toIntervalHour({visit_hours:UInt8}) AND hour < {end:DateTime64(3)}
          AND `moments.load` > 0
    )
SELECT position, any(steps[position]) AS step, points AS fingerprint, any(page) AS page_group, any(of_kind) AS kind, any(target) AS element,
    uniqExact(session_id) AS exposed, uniqExactIf(session_id, completed) AS exposed_through
FROM visits
INNER JOIN met ON met_session = session_id
ARRAY JOIN arrayEnumerate(reached) AS position
WHERE at >= reached[position] AND (position = length(reached) OR at < reached[position + 1])
GROUP BY position, points
ORDER BY exposed DESC, position, fingerprint
LIMIT 200
