-- One row: a request of a visit: when it began, and how long its server let it wait; where another origin hides that, how
-- long it took. Read to tell whose a wait was, never for a score.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sessions:Array(UUID)}.
SELECT toString(session_id) AS session, toUnixTimestamp64Milli(ts) AS at_ms, if(ttfb_ms > 0, ttfb_ms, duration_ms) AS wait_ms
FROM snag_performance.resource_timings FINAL
WHERE app = {app:String} AND ts >= {start:DateTime64(3)} - INTERVAL 1 MINUTE AND ts < {end:DateTime64(3)} + INTERVAL 3 MINUTE
  AND session_id IN {sessions:Array(UUID)}
