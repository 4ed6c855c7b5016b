-- One row: a friction point of {points:Array(UInt64)} and what the rules said of it last: class, sort, rule, confidence,
-- sentence, whether it is close to being decided otherwise, and of which hour. {app:String}, {start:DateTime64(3)},
-- {end:DateTime64(3)}, {sources:Array(String)}.
SELECT fingerprint,
       argMax((cause_class, cause_sub, cause_rule, cause_confidence, evidence, watch), (hour, events)) AS verdict, max(hour) AS at
FROM snag_experience.friction_causes FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND fingerprint IN {points:Array(UInt64)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
GROUP BY fingerprint
