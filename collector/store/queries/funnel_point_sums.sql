-- One row: a friction point in a step of the journey {journey:String}: place and name of the step, fingerprint, page, kind, element,
-- visits that met it there, and those of them that completed. {start:Date}, {end:Date}: as in funnel_sums.sql.
-- {app:String}, {sources:Array(String)}.
SELECT position, any(step) AS name, fingerprint, any(page_group) AS page, any(kind) AS of_kind, any(element) AS of_element,
    sum(exposed) AS met, sum(exposed_through) AS met_through
FROM snag_experience.funnel_points_1d FINAL
WHERE app = {app:String} AND journey = {journey:String} AND traffic_source IN {sources:Array(String)}
  AND day >= {start:Date} AND day < {end:Date}
GROUP BY position, fingerprint
ORDER BY met DESC, position, fingerprint
LIMIT 200
