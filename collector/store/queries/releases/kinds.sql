-- One row: a kind of friction and the visits that met it with release {before:String} and with {after:String}, moments that
-- count for nothing left out. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT kind, sumIf(kind_visits, release = {before:String}) AS with_before, sumIf(kind_visits, release = {after:String}) AS with_after
FROM snag_experience.friction_points_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)} AND release IN ({before:String}, {after:String})
GROUP BY kind
HAVING with_before + with_after > 0
ORDER BY with_before + with_after DESC, kind
