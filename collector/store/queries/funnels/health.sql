-- One row: a synthetic journey and a place that it is run from: its runs, those that passed, failed by fault of the site
-- (friction, technical), of infrastructure, and of our own runner; the newest run's time, status, fault, reason and message.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}.
SELECT journey, location, count() AS runs, countIf(run_status NOT IN ('failed', 'error')) AS passed,
    countIf(fault IN ('friction', 'technical')) AS site, countIf(fault = 'infrastructure') AS infrastructure,
    countIf(fault = 'monitor') AS monitor, max(ts) AS last_ts, argMax(run_status, ts) AS last_status,
    argMax(fault, ts) AS last_fault, argMax(reason, ts) AS last_reason, argMax(message, ts) AS last_message
FROM snag_experience.journey_runs FINAL
WHERE app = {app:String} AND traffic_source = 'synthetic' AND journey != ''
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY journey, location
ORDER BY last_status NOT IN ('failed', 'error'), journey, location
LIMIT 200
