-- One row: something that one of three visits met, in the order of time: the visit, when, what, where on which page; those
-- visits that met the friction point {point:UInt64} first in time. Views, friction and help, no texts and no values.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
WITH chosen AS (
    SELECT session_id, min(ts) AS at
    FROM snag_experience.friction_events_with_fingerprint
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot AND fingerprint = {point:UInt64}
      AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8})
    GROUP BY session_id
    ORDER BY at DESC, session_id
    LIMIT 3
)
SELECT toString(session_id) AS session, ts, kind, page_group, where_at, is_it
FROM (
    SELECT session_id, ts, kind, page_group, '' AS where_at, 0 AS is_it FROM snag_experience.page_views FINAL
    WHERE app = {app:String} AND session_id IN (SELECT session_id FROM chosen)
    UNION ALL
    SELECT session_id, ts, kind, page_group, if(target_name != '', target_name, target), fingerprint = {point:UInt64}
    FROM snag_experience.friction_events_with_fingerprint
    WHERE app = {app:String} AND session_id IN (SELECT session_id FROM chosen)
    UNION ALL
    SELECT session_id, ts, kind, page_group, if(target_name != '', target_name, target), 0 FROM snag_experience.help_events FINAL
    WHERE app = {app:String} AND session_id IN (SELECT session_id FROM chosen)
)
ORDER BY session, ts, kind
LIMIT 40 BY session
