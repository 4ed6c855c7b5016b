-- One row: a step of the synthetic journey {journey:String}: its place and name, how often it was begun and done, how often
-- slow, median and 95th percentile of its seconds. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}.
SELECT min(step_index) + 1 AS position, step, count() AS begun, countIf(step_status != 'failed') AS done,
    countIf(step_status = 'slow') AS slow, quantileExact(0.5)(duration_ms) / 1000 AS median_s, quantileExact(0.95)(duration_ms) / 1000 AS p95_s
FROM snag_experience.journey_steps FINAL
WHERE app = {app:String} AND journey = {journey:String} AND step_status != 'skipped' AND traffic_source = 'synthetic'
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY step
ORDER BY position
