-- One row: a bin, the name of a series that was imported for {app:String}, and its mean there. As grid_sessions.sql.
SELECT toUInt32(intDiv(toUnixTimestamp(ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       name, avg(value) AS mean
FROM snag_performance.imported_series FINAL
WHERE app IN ('', {app:String}) AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY bin, name
