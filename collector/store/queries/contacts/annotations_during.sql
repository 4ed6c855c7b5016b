-- One row: what is known to have happened for {app:String} and overlaps {start:DateTime64(3)} to {end:DateTime64(3)}.
SELECT toUnixTimestamp(start_ts) AS start_s, if(end_ts IS NULL, NULL, toUnixTimestamp(assumeNotNull(end_ts))) AS end_s, kind, title
FROM snag_experience.annotations FINAL
WHERE app IN ('', {app:String}) AND start_ts < {end:DateTime64(3)} AND coalesce(end_ts, start_ts) >= {start:DateTime64(3)}
ORDER BY start_ts
