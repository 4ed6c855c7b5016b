-- One row: a day (UTC), its start in seconds since 1970, and the visits that began on it, counted for those that sampling left
-- out too. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT toUnixTimestamp(toStartOfDay(hour)) AS day, sum(w) AS visits
FROM snag_experience.friction_scores_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
GROUP BY day
