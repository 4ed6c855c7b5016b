-- One row: a bin and the share of its requests that were answered 5xx. Parameters as in grid_sessions.sql.
SELECT toUInt32(intDiv(toUnixTimestamp(bucket) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       sum(failed) / sum(requests) AS http_5xx_rate
FROM snag_performance.requests_5m FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
GROUP BY bin
