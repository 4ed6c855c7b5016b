-- One row: a bin of {step:UInt32} seconds from {start:DateTime64(3)} (0, 1, …) and the sessions seen in it.
-- {app:String}, {end:DateTime64(3)}, {sources:Array(String)}. uniqExact: right before retried rows have merged.
SELECT toUInt32(intDiv(toUnixTimestamp(ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       uniqExact(session_id) AS sessions
FROM snag_experience.page_views
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY bin
