-- One row: a segment (`dimension`, `value`), its visits, and those of them that met the friction point {point:UInt64}.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT segment.1 AS dimension, segment.2 AS value, count() AS visits, countIf(met) AS of_them_met
FROM (
    SELECT has(`moments.fingerprint`, {point:UInt64}) AS met,
        arrayJoin([('device', toString(device)), ('browser', toString(browser_family)), ('country', toString(country)),
            ('release', toString(release)), ('variant', toString(variant)), ('user_setting', toString(user_setting))]) AS segment
    FROM snag_experience.friction_sessions FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
      AND hour >= toStartOfHour({start:DateTime64(3)}) AND start_ts >= {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)}
)
WHERE value != ''
GROUP BY dimension, value
HAVING of_them_met > 0
ORDER BY dimension, of_them_met DESC, value
LIMIT 6 BY dimension
