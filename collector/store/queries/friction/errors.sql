-- One row: an error as people met it: its kind, release, words and place, the sessions and times, first and last.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}, {limit:UInt32}
SELECT kind, release, page_group, error_type, error_message, error_place,
       uniqExact(session_id) AS sessions, sum(repeat_count) AS repeats, min(ts) AS first_ts, max(ts) AS last_ts
FROM snag_experience.friction_events FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} AND error_place != ''
GROUP BY kind, release, page_group, error_type, error_message, error_place
ORDER BY sessions DESC, repeats DESC, kind, error_place
LIMIT {limit:UInt32}
