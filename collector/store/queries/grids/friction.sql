-- One row: a bin, `page_group|kind`, and the sessions affected. Parameters as in grid_sessions.sql.
SELECT toUInt32(intDiv(toUnixTimestamp(bucket) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       concat(page_group, '|', kind) AS key,
       uniqMerge(sessions) AS found
FROM snag_experience.friction_5m FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
GROUP BY bin, key
