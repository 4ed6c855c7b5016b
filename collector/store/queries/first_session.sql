-- One row: when the first page view was, seconds since 1970; 0 for none. Parameters as in grid_sessions.sql.
SELECT toUnixTimestamp(min(ts))
FROM snag_experience.page_views
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
