-- One row: a release that visits to {app:String} had from {start:DateTime64(3)} to {end:DateTime64(3)}: its first and last hour
-- and its visits, the newest first. {sources:Array(String)}.
SELECT release, min(bucket) AS first_ts, max(bucket) AS last_ts, uniqMerge(sessions) AS visits
FROM snag_experience.sessions_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND release != ''
  AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
GROUP BY release
ORDER BY first_ts DESC, release DESC
LIMIT 50
