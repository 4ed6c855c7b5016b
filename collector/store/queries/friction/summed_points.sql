-- One row: a friction point of visits that began in the hours from {start:DateTime64(3)} to {end:DateTime64(3)}: its fingerprint,
-- page, kind, selector, name, the visits that met it, moments, events, what it adds to the scores (weighted), the cause of most
-- moments with its sort and rule, the worst severity, visits that left, first and last moment.
-- {app:String}, {sources:Array(String)}, {limit:UInt32}, {point:UInt64} (0: all), {overridden:Array(UInt64)} and
-- {overridden_to:Array(String)}.
SELECT fingerprint, any(page) AS a_page, any(of_kind) AS a_kind, any(element) AS a_target, any(name) AS a_name, sum(met) AS visits,
    sum(of_cause) AS all_moments, sum(of_events) AS all_events, sum(adds) AS ws,
    if(has({overridden:Array(UInt64)}, fingerprint), {overridden_to:Array(String)}[indexOf({overridden:Array(UInt64)}, fingerprint)],
        toString(argMax(class, of_cause))) AS cause,
    if(has({overridden:Array(UInt64)}, fingerprint), '', toString(argMax(sub, of_cause))) AS sort,
    if(has({overridden:Array(UInt64)}, fingerprint), 'override', toString(argMax(rule, of_cause))) AS by_rule,
    max(severity) AS worst, sum(gone) AS all_gone, min(began) AS first_ts, max(ended) AS last_ts
FROM (
    SELECT fingerprint, cause_class AS class, cause_sub AS sub, cause_rule AS rule, any(page_group) AS page, any(kind) AS of_kind,
        any(target) AS element, any(target_name) AS name, sum(visits) AS met, sum(moments) AS of_cause, sum(events) AS of_events,
        sum(ws) AS adds, max(worst) AS severity, sum(left_visits) AS gone, min(first_ts) AS began, max(last_ts) AS ended
    FROM snag_experience.friction_points_1h FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
      AND hour >= toStartOfHour({start:DateTime64(3)}) AND hour < {end:DateTime64(3)}
      AND ({point:UInt64} = 0 OR fingerprint = {point:UInt64})
    GROUP BY fingerprint, class, sub, rule
)
GROUP BY fingerprint
ORDER BY ws DESC, visits DESC, all_events DESC, fingerprint
LIMIT {limit:UInt32}
