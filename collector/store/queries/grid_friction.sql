-- One row: a bin, `page_group|kind`, and the sessions affected. Parameters as in grid_sessions.sql.
-- input_refused has weight 0: evidence for the cause rules, not friction.
SELECT toUInt32(intDiv(toUnixTimestamp(ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       concat(page_group, '|', kind) AS key,
       uniqExact(session_id) AS sessions
FROM snag_experience.friction_events
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND kind != 'input_refused'
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY bin, key
