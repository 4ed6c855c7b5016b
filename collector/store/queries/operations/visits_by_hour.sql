-- One row: a stretch of {step:UInt32} seconds (whole hours, counted from 1970) with visits to {app:String}: its start in
-- seconds since 1970, and how many. {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT intDiv(toUnixTimestamp(bucket), {step:UInt32}) * {step:UInt32} AS at, uniqMerge(sessions) AS visits
FROM snag_experience.sessions_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
GROUP BY at
ORDER BY at
