-- One row: a friction point and the visits that met it with release {before:String} and with {after:String}.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}, {points:Array(UInt64)}.
SELECT fingerprint, sumIf(visits, release = {before:String}) AS with_before, sumIf(visits, release = {after:String}) AS with_after
FROM snag_experience.friction_points_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND fingerprint IN {points:Array(UInt64)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)} AND release IN ({before:String}, {after:String})
GROUP BY fingerprint
