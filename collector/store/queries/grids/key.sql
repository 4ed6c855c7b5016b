-- One row: a bin of {step:UInt32} seconds from {start:DateTime64(3)} (0, 1, …) and the sessions that met {kind:String} on
-- {page_group:String} in it. {app:String}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT toUInt32(intDiv(toUnixTimestamp(bucket) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       uniqMerge(sessions) AS found
FROM snag_experience.friction_5m FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND page_group = {page_group:String} AND kind = {kind:String}
  AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
GROUP BY bin
