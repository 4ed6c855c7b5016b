-- One row: a friction point with what its events say of an error, and of why it is judged as it is: the release, type,
-- message and place of the newest error, the class that most of its events have, its rule, confidence and sentence, its
-- share, how many releases and since when. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)},
-- {points:Array(UInt64)}.
SELECT fingerprint, argMax(release, ts) AS of_release, argMax(error_type, ts) AS type, argMax(error_message, ts) AS message,
    argMax(error_place, ts) AS place, argMax(route, ts) AS of_route, argMax(status, ts) AS of_status,
    topK(1)((cause_class, cause_sub, cause_rule, cause_confidence, cause_evidence, cause_watch))[1] AS verdict,
    argMin(release, ts) AS first_release, groupUniqArray(10)(release) AS releases, count() AS events
FROM snag_experience.friction_events_with_cause
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} + toIntervalHour({visit_hours:UInt8}) AND fingerprint IN {points:Array(UInt64)}
GROUP BY fingerprint
