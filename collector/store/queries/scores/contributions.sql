-- One row: a friction point and class, its kind, page and element, with what its moments add to the scores of their visits, weighted: divided by the
-- sum of the visits' weights it is a share of the friction score. One row for all of them, since adding up is quick.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}, {releases:Array(String)}: these alone,
-- empty: all; {overridden:Array(UInt64)} and {overridden_to:Array(String)}: what people say of friction points.
SELECT any(`moments.kind`) AS kind,
    if(empty({overridden:Array(UInt64)}), `moments.cause_class`, CAST(transform(`moments.fingerprint`, {overridden:Array(UInt64)},
        {overridden_to:Array(String)}, toString(`moments.cause_class`)), 'LowCardinality(String)')) AS cause,
    any(`moments.page_group`) AS page_group, any(`moments.target`) AS target, any(`moments.target_name`) AS target_name,
    sum(weight * score / load * `moments.load`) AS ws
FROM snag_experience.friction_sessions FINAL
ARRAY JOIN moments.kind, moments.page_group, moments.target, moments.target_name, moments.fingerprint, moments.cause_class,
    moments.load
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND load > 0
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND start_ts >= {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)}
  AND (empty({releases:Array(String)}) OR release IN {releases:Array(String)})
GROUP BY `moments.fingerprint`, cause
