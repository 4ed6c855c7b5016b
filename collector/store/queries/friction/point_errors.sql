-- One row: what the newest event of the friction point {point:UInt64} says of an error: release, type, message, place, request,
-- status and selector; no row where nobody met it. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)},
-- {sources:Array(String)}, {kind:String}: of the point, empty: not known.
SELECT release, error_type, error_message, error_place, route, status, target
FROM snag_experience.friction_events_with_fingerprint
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot AND fingerprint = {point:UInt64}
  AND ({kind:String} = '' OR kind = {kind:String})
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
ORDER BY ts DESC
LIMIT 1
