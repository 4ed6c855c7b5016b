-- One row: a bin and the 75th percentile of its pages' time to first byte, ms. Parameters as in grid_sessions.sql.
SELECT toUInt32(intDiv(toUnixTimestamp(bucket) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       quantilesTDigestMerge(0.5, 0.75, 0.95)(value)[2] AS ttfb_p75_ms
FROM snag_performance.web_vitals_5m FINAL
WHERE app = {app:String} AND metric = 'TTFB' AND traffic_source IN {sources:Array(String)}
  AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
GROUP BY bin
