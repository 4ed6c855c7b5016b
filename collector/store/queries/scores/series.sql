-- One row: a stretch of {step:UInt32} seconds (whole hours) from {start:DateTime64(3)}, its number (0, 1, …), its visits and
-- their weights, the sum of weighted scores, and of the weights of those that struggled. {app:String},
-- {end:DateTime64(3)}, {sources:Array(String)}.
SELECT toUInt32(intDiv(toUnixTimestamp(hour) - toUnixTimestamp(toStartOfHour({start:DateTime64(3)})), {step:UInt32})) AS bin,
    sum(visits) AS n, sum(w) AS sw, sum(ws) AS sws, sum(w_struggled) AS sw_struggled
FROM snag_experience.friction_scores_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
GROUP BY bin
ORDER BY bin
