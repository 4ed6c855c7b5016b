-- One row: a friction point in a step of the journey {journey:String}: place and name of the step, fingerprint, page, kind, element,
-- visits that met it there, and those of them that completed. {start:Date}, {end:Date}: as in step_sums.sql.
-- {app:String}, {sources:Array(String)}.
SELECT position, any(p.step) AS step, fingerprint, any(p.page_group) AS page_group, any(p.kind) AS kind, any(p.element) AS element,
    sum(p.exposed) AS exposed, sum(p.exposed_through) AS exposed_through
FROM snag_experience.funnel_points_1d AS p FINAL
WHERE app = {app:String} AND journey = {journey:String} AND traffic_source IN {sources:Array(String)}
  AND day >= {start:Date} AND day < {end:Date}
GROUP BY position, fingerprint
ORDER BY exposed DESC, position, fingerprint
LIMIT 200
