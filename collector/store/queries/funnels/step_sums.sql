-- One row: a step of the journey {journey:String} as in steps.sql, of visits that entered the journey on the days (UTC) from
-- {start:Date} to {end:Date}, the last one left out. {app:String}, {sources:Array(String)}.
SELECT position, any(s.step) AS step, sum(s.visits) AS visits, sum(s.w) AS w, sum(s.done) AS done, sum(s.w_done) AS w_done,
    sum(s.through) AS through, quantilesTDigestIfMerge(0.5, 0.95)(s.took_s)[1] AS median_s,
    quantilesTDigestIfMerge(0.5, 0.95)(s.took_s)[2] AS p95_s, sum(s.ww) AS ww, sum(s.ws) AS ws, sum(s.wws) AS wws, sum(s.wwss) AS wwss,
    sum(s.hits) AS hits, sum(s.struggled) AS struggled, sum(s.w_struggled) AS w_struggled, sum(s.linkable) AS linkable,
    sum(s.callers) AS callers
FROM snag_experience.funnel_steps_1d AS s FINAL
WHERE app = {app:String} AND journey = {journey:String} AND traffic_source IN {sources:Array(String)} AND position > 0
  AND day >= {start:Date} AND day < {end:Date}
GROUP BY position
ORDER BY position
