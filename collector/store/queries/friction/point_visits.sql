-- One row: one of the last three visits that met {point:UInt64} of those that began in the hours from {start:DateTime64(3)} to
-- {end:DateTime64(3)}: its id, first and last time, and what it met in the order of time: when, what, page, where, whether it
-- was this point. {app:String}, {sources:Array(String)}.
SELECT toString(session_id) AS session, start_ts, end_ts,
    arrayMap((ts, kind, page, target, name, of) -> (ts, kind, page, if(name != '', name, target), of = {point:UInt64}),
        `moments.ts`, `moments.kind`, `moments.page_group`, `moments.target`, `moments.target_name`, `moments.fingerprint`) AS met
FROM snag_experience.friction_sessions FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND has(`moments.fingerprint`, {point:UInt64})
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
ORDER BY start_ts DESC, session_id
LIMIT 3
