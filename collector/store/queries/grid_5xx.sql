-- One row: a bin and the share of its requests that were answered 5xx. Parameters as in grid_sessions.sql.
SELECT toUInt32(intDiv(toUnixTimestamp(ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       countIf(status >= 500) / count() AS http_5xx_rate
FROM snag_performance.resource_timings FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY bin
