-- One row: a slow step, or a page that was blocked, of the visits that had slow steps: at most 200 a friction point.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}.
SELECT traffic_source, release, fingerprint, toString(session_id) AS session, toUnixTimestamp64Milli(ts) AS at_ms,
    duration_ms, kind = 'slow_step' AS is_step
FROM snag_experience.friction_events_with_fingerprint
WHERE app = {app:String} AND ts >= {start:DateTime64(3)} - INTERVAL 2 SECOND AND ts < {end:DateTime64(3)} + INTERVAL 1 MINUTE
  AND NOT is_bot AND kind IN ('slow_step', 'unresponsive_ui')
ORDER BY session
LIMIT 200 BY traffic_source, release, fingerprint
