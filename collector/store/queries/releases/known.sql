-- One row: a release that visits to {app:String} had that began from {start:DateTime64(3)} to {end:DateTime64(3)}: its first and last
-- hour and its visits, the newest first. {sources:Array(String)}.
SELECT release, min(hour) AS first_ts, max(hour) AS last_ts, sum(visits) AS n
FROM snag_experience.friction_scores_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND release != ''
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
GROUP BY release
ORDER BY first_ts DESC, release DESC
LIMIT 50
