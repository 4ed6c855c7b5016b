-- One row: a class of causes of visits that began in the hours from {start:DateTime64(3)} to {end:DateTime64(3)}: its moments and
-- what they add to the scores (weighted), the most first. {app:String}, {sources:Array(String)},
-- {overridden:Array(UInt64)}, {overridden_to:Array(String)}.
SELECT if(has({overridden:Array(UInt64)}, fingerprint), {overridden_to:Array(String)}[indexOf({overridden:Array(UInt64)}, fingerprint)], toString(cause_class)) AS cause,
    sum(moments) AS all_moments, sum(ws) AS adds
FROM snag_experience.friction_points_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
GROUP BY cause
ORDER BY adds DESC, cause
