-- One row: an hour, release, friction point and cause of {app:String} as a row of friction_points_1h, of the hours from
-- {start:DateTime64(3)} to {end:DateTime64(3)}. {built:DateTime64(3)}.
SELECT app, hour, traffic_source, release, `moments.fingerprint` AS point, `moments.cause_class` AS class, `moments.cause_sub` AS sub,
    `moments.cause_rule` AS rule, any(`moments.page_group`) AS page, any(`moments.kind`) AS of_kind, any(`moments.target`) AS element,
    any(`moments.target_name`) AS name, countIf(of_point = 1) AS visits, countIf(of_counted = 1 AND `moments.load` > 0) AS kind_visits,
    count() AS moments, sum(`moments.events`) AS events, sum(if(load > 0, weight * score / load * `moments.load`, 0)) AS ws,
    max(`moments.severity`) AS worst, countIf(of_left = 1 AND `moments.blocked`) AS left_visits, min(`moments.ts`) AS first_ts,
    max(`moments.ts`) AS last_ts, {built:DateTime64(3)} AS built_ts
FROM (
    SELECT *, arrayEnumerateUniq(`moments.fingerprint`) AS nth_point,
        arrayEnumerateUniq(arrayMap((kind, load) -> (kind, load > 0), `moments.kind`, `moments.load`)) AS nth_counted,
        arrayEnumerateUniq(arrayMap((point, blocked) -> (point, blocked), `moments.fingerprint`, `moments.blocked`)) AS nth_left
    FROM snag_experience.friction_sessions FINAL
    WHERE app = {app:String} AND hour >= {start:DateTime64(3)} AND hour < {end:DateTime64(3)}
)
ARRAY JOIN moments.ts, moments.fingerprint, moments.cause_class, moments.cause_sub, moments.cause_rule, moments.page_group,
    moments.kind, moments.target, moments.target_name, moments.load, moments.events, moments.severity, moments.blocked,
    nth_point AS of_point, nth_counted AS of_counted, nth_left AS of_left
GROUP BY app, hour, traffic_source, release, point, class, sub, rule
