-- One row: a step of the journey {journey:String} as in funnel.sql, and last the visits that completed; of visits that entered
-- it on the days (UTC) from {start:Date} to {end:Date}, the last one left out. {app:String}, {sources:Array(String)}.
SELECT position, any(step) AS name, sum(visits) AS n, sum(w) AS sw, sum(done) AS sdone, sum(w_done) AS sw_done,
    (quantilesTDigestIfMerge(0.5, 0.95)(took_s) AS took)[1] AS median_s, took[2] AS p95_s, sum(ww) AS sww, sum(ws) AS sws,
    sum(wws) AS swws, sum(wwss) AS swwss, sum(hits) AS shits, sum(struggled) AS sstruggled, sum(w_struggled) AS sw_struggled,
    sum(linkable) AS linkables, sum(callers) AS all_callers, sum(through) AS completed
FROM snag_experience.funnel_steps_1d FINAL
WHERE app = {app:String} AND journey = {journey:String} AND traffic_source IN {sources:Array(String)} AND position > 0
  AND day >= {start:Date} AND day < {end:Date}
GROUP BY position
ORDER BY position
