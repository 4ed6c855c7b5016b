-- One row: a visit to {app:String} that met {kind:String} on {page_group:String} from {start:DateTime64(3)} to
-- {end:DateTime64(3)}, those that met it most first. {sources:Array(String)}, {limit:UInt32}.
SELECT toString(session_id) AS session, sum(repeat_count) AS times, min(ts) AS first_ts
FROM snag_experience.friction_events FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
  AND page_group = {page_group:String} AND kind = {kind:String}
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY session
ORDER BY times DESC, session
LIMIT {limit:UInt32}
