-- One row: a bin and the 75th percentile of its pages' time to first byte, ms. Parameters as in grid_sessions.sql.
SELECT toUInt32(intDiv(toUnixTimestamp(ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       quantileExact(0.75)(value) AS ttfb_p75_ms
FROM snag_performance.web_vitals FINAL
WHERE app = {app:String} AND metric = 'TTFB' AND traffic_source IN {sources:Array(String)}
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY bin
