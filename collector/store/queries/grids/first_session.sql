-- One row: the start of the first five minutes with a page view, seconds since 1970; 0 for none. As grid_sessions.sql.
SELECT toUnixTimestamp(min(bucket)) AS first_s
FROM snag_experience.sessions_5m FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
