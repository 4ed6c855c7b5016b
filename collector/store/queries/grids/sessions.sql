-- One row: a bin of {step:UInt32} seconds from {start:DateTime64(3)} (0, 1, …) and the sessions seen in it.
-- {app:String}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT toUInt32(intDiv(toUnixTimestamp(bucket) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       uniqMerge(sessions) AS found
FROM snag_experience.sessions_5m FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
GROUP BY bin
